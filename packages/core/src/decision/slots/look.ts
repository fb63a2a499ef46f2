import { digestOf } from "../../digest/digest-of.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { Look } from "../observation.ts";

const NOTHING: string = digestOf([]);

/** Counts of slots are judged as they are, at every tick: the look holds nothing, and ends where they do. */
export function lookOf({ startedAt }: Rollout, cutoff: number): Look {
  return { number: 1, of: 1, cutoff, dueAt: startedAt, evidence: [], digest: NOTHING };
}
