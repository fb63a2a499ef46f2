import type { Features } from "../features/hash-features.ts";
import { probability } from "./logistic.ts";
import type { SpamModel } from "./model.ts";

/**
 * What scoring costs in the world's time: a request's fixed part, and a part per feature touched. A stated price
 * instead of a stopwatch, so that latencies are work and not the mood of the machine, and every run has the same.
 */
const COST = { requestNs: 800_000, featureNs: 15_000 } as const;

/** Scores one mail; `flagged` is the answer at the version's own threshold, `costMs` the world's milliseconds. */
export function scoreWithCost(model: SpamModel, features: Features): { readonly score: number; readonly flagged: boolean; readonly costMs: number } {
  const score = probability(model, features);
  return { score, flagged: score >= model.threshold, costMs: (COST.requestNs + features.indices.length * COST.featureNs) / 1e6 };
}
