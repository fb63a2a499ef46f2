import { histogramQuantile, type QuantileOrder, upperBound } from "../evidence/histogram.ts";
import type { Histogram } from "../evidence/statistic.ts";
import { requireInside } from "./input.ts";
import { quantileInterval } from "./quantile-interval.ts";
import type { Interval } from "./wilson.ts";

export interface QuantileComparison {
  /** The sample quantiles, each as the upper bound of its bucket. */
  readonly candidate: number;
  readonly baseline: number;
  /**
   * By how many buckets the candidate's quantile lies above the baseline's; null when either lies among the zeros. The
   * values themselves may be one bucket nearer to each other, so `ratio` is γ to the shift less one step toward 0.
   */
  readonly shift: number | null;
  readonly ratio: number | null;
  /** Of candidate/baseline; null when the baseline's quantile may be 0. */
  readonly ratioInterval: Interval | null;
  /** Of candidate − baseline, in the metric's unit. */
  readonly differenceInterval: Interval;
}

/**
 * Compares a quantile of two independent samples: each gets its order-statistic interval at level 1 − (1 − level)/2, and
 * the two are combined at their worst (Bonferroni). Exact, whatever the distributions, and wider than need be; buckets
 * only widen it. null when a sample is too small for its interval (at q = 0.95 and level 0.95, 86 values).
 */
export function compareQuantiles(candidate: Histogram, baseline: Histogram, { q, level }: { readonly q: QuantileOrder; readonly level: number }): QuantileComparison | null {
  requireInside("level", level);
  const each = 1 - (1 - level) / 2;
  const ours = quantileInterval(candidate, q, each);
  const theirs = quantileInterval(baseline, q, each);
  if (ours === null || theirs === null) return null;
  const known = { candidate: histogramQuantile(candidate, q), baseline: histogramQuantile(baseline, q) };
  const shift = known.candidate > 0 && known.baseline > 0 ? indexOf(candidate, known.candidate) - indexOf(baseline, known.baseline) : null;
  return {
    ...known,
    shift,
    ratio: shift === null ? null : upperBound(shift - Math.sign(shift)),
    ratioInterval: theirs.low === 0 ? null : { low: ours.low / theirs.high, high: ours.high / theirs.low },
    differenceInterval: { low: ours.low - theirs.high, high: ours.high - theirs.low },
  };
}

function indexOf(histogram: Histogram, bound: number): number {
  const bucket = histogram.buckets.find(([index]) => upperBound(index) === bound);
  return (bucket as readonly [number, number])[0];
}
