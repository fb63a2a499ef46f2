import { HISTOGRAM_VALUE_MAX, histogramBucketOf, histogramUpperBound, type Histogram } from "@gauntlet/core";

import type { Counts } from "./increase.ts";

/** Buckets that grow by no more than this, as native histograms of schema 5 and above do, tell any quantile nearly as well as ours. */
export const FINE_GROWTH = 1.0222;

/**
 * Counts by upper bound as our histogram; bounds times `scale` are in the metric's unit. Every value stands at the upper end of
 * its bucket: with fine buckets that is the truth within 5 %. With coarse ones only the question "how many up to this
 * bound?" has a true answer, so each stands just below its bound, and never counts as above a limit that is one.
 */
export function logBuckets(counts: Counts, { fine, scale }: { readonly fine: boolean; readonly scale: number }): Histogram {
  const byIndex = new Map<number, number>();
  let n = 0;
  let zeros = 0;
  for (const [key, count] of Object.entries(counts)) {
    n += count;
    const index = indexFor(Number(key) * scale, fine);
    if (index === null) zeros += count;
    else if (count !== 0) byIndex.set(index, (byIndex.get(index) ?? 0) + count);
  }
  return { kind: "histogram", n, zeros, buckets: [...byIndex].toSorted(([a], [b]) => a - b) };
}

/** null: among the zeros. */
function indexFor(bound: number, fine: boolean): number | null {
  const index = histogramBucketOf(Math.min(bound, HISTOGRAM_VALUE_MAX));
  if (index === null || fine || histogramUpperBound(index) <= bound) return index;
  return index - 1;
}

/** Whether `limit` is a bound, but for the last bits of a product with the scale. */
export function isBound(limit: number, bounds: readonly number[]): boolean {
  return bounds.some((bound) => Math.abs(bound - limit) <= 1e-9 * Math.abs(limit));
}
