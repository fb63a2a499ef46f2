import { arrivalsOf, lagMaxOf, maturityOf, type EvidenceCell, type HealthView, type JoinCounts, type Rollout } from "@gauntlet/core";

import type { Controller } from "./controller.ts";

const HOUR_MS = 3_600_000;
/** So many follow-ups and labels tell 95 % from 97 %, and cost a millisecond or two. */
const JOINS_MAX = 1000;
/** With fewer from the last hour, those of a day are asked for. */
const JOINS_MIN = 200;

/**
 * What the health of evidence is judged by, beside the evidence; null when the policy doesn't ask after it. What follows
 * outcomes is looked at once it is a time bucket old, since it may come first; and only from the policy's lag after the start of
 * the rollout on, since before it much is about requests that were served earlier.
 */
export async function readHealth(controller: Pick<Controller, "store">, { rollout, at, cells }: { readonly rollout: Rollout; readonly at: number; readonly cells: readonly EvidenceCell[] }): Promise<HealthView | null> {
  const { policy, startedAt, model } = rollout;
  if (policy.health === undefined) return null;
  const to = at - policy.bucketMs;
  const earliest = startedAt + (lagMaxOf(policy.health, maturityOf(policy)) ?? 0);
  const joins = (sinceMs: number): Promise<JoinCounts> => controller.store.evidence.joins({ model, from: Math.max(earliest, to - sinceMs), to, limit: JOINS_MAX });
  const ofHour = await joins(HOUR_MS);
  const enough = ofHour.followUps.n + ofHour.labels.n >= JOINS_MIN;
  return { arrivals: arrivalsOf(rollout, cells), joins: enough ? ofHour : await joins(24 * HOUR_MS) };
}
