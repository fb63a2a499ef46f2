import { Failure } from "../failure/failure.ts";
import type { Histogram } from "./statistic.ts";

/** γ: bucket i holds values in (γ^(i−1), γ^i]. Fixed for ever, because evidence of any age is merged. */
export const HISTOGRAM_GROWTH = 1.02;

/** Values up to γ^INDEX_MIN ≈ 2.5e-9 count as zeros. */
const INDEX_MIN = -1000;

/** γ^1745 ≈ 1.01e15. */
const INDEX_MAX = 1745;

const BOUNDS = multipliedBounds();

/** The largest value a histogram takes. */
export const HISTOGRAM_VALUE_MAX: number = upperBound(INDEX_MAX);

const ZERO_MAX = upperBound(INDEX_MIN);

const INVERSE_LOG_GROWTH = 1 / Math.log(HISTOGRAM_GROWTH);

/** Which quantile: a number or an exact fraction, in (0, 1). */
export type QuantileOrder = number | { readonly parts: number; readonly of: number };

/**
 * The index of the bucket that holds `value`, or null for zeros (values ≤ γ^−1000). `value` must be in
 * [0, HISTOGRAM_VALUE_MAX]. `Math.log` may differ in its last bit between machines, so it only guesses; the table of
 * bounds, made by IEEE multiplication and hence equal everywhere, decides.
 */
export function bucketOf(value: number): number | null {
  if (value <= ZERO_MAX) return null;
  let position = Math.ceil(Math.log(value) * INVERSE_LOG_GROWTH) - INDEX_MIN;
  if (position > BOUNDS.length - 1) position = BOUNDS.length - 1;
  if (position < 1) position = 1;
  while ((BOUNDS[position] as number) < value) position++;
  while ((BOUNDS[position - 1] as number) >= value) position--;
  return position + INDEX_MIN;
}

/** The largest value of bucket `index`, γ^index; index in [−1000, 1745]. */
export function upperBound(index: number): number {
  const bound = BOUNDS[index - INDEX_MIN];
  if (bound === undefined) throw new Failure("internal", `a histogram has no bucket ${index}`);
  return bound;
}

/**
 * The value of rank ceil(q·n), given as the upper bound of its bucket: never below the true sample quantile, and at most
 * 2 % above it. 0 when the rank lies among the zeros.
 *
 * @throws Failure `invalid_input` when the histogram is empty.
 */
export function histogramQuantile(histogram: Histogram, q: QuantileOrder): number {
  if (histogram.n <= 0) throw new Failure("invalid_input", "a histogram without values has no quantile", { fix: "ask whether n is above 0 first" });
  return valueAtRank(histogram, quantileRank(histogram.n, q)).high;
}

/** Bounds of the bucket that holds the `rank`-th smallest value, rank in 1 … n: the value lies in (low, high]. */
export function valueAtRank(histogram: Histogram, rank: number): { readonly low: number; readonly high: number } {
  if (rank <= histogram.zeros) return { low: 0, high: 0 };
  let seen = histogram.zeros;
  let last = INDEX_MIN;
  for (const [index, count] of histogram.buckets) {
    seen += count;
    last = index;
    if (seen >= rank) break;
  }
  return { low: last <= INDEX_MIN ? 0 : upperBound(last - 1), high: upperBound(last) };
}

/** ceil(q·n) in 1 … n; exact for a fraction. A number is forgiven 1e-12, so that 0.07 of 100 is the 7th, not the 8th. */
function quantileRank(n: number, q: QuantileOrder): number {
  const rank = typeof q === "number" ? Math.ceil(q * n * (1 - 1e-12)) : Number((BigInt(n) * BigInt(q.parts) + BigInt(q.of) - 1n) / BigInt(q.of));
  return Math.min(Math.max(rank, 1), n);
}

function multipliedBounds(): Float64Array {
  const bounds = new Float64Array(INDEX_MAX - INDEX_MIN + 1);
  bounds[-INDEX_MIN] = 1;
  for (let position = 1 - INDEX_MIN; position < bounds.length; position++) bounds[position] = (bounds[position - 1] as number) * HISTOGRAM_GROWTH;
  for (let position = -INDEX_MIN - 1; position >= 0; position--) bounds[position] = (bounds[position + 1] as number) / HISTOGRAM_GROWTH;
  return bounds;
}
