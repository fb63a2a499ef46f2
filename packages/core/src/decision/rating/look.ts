import { digestOf } from "../../digest/digest-of.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { Look } from "../observation.ts";

const NOTHING: string = digestOf([]);

/** Matches are no outcomes: the look holds none, and ends where the matches do that are counted. */
export function lookOf({ startedAt }: Rollout, cutoff: number): Look {
  return { number: 1, of: 1, cutoff, dueAt: startedAt, evidence: [], digest: NOTHING };
}
