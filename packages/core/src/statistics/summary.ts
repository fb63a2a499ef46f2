import { wideToBigInt } from "../evidence/wide-integer.ts";
import type { Moments } from "../evidence/statistic.ts";
import { Failure } from "../failure/failure.ts";
import { requireCounts } from "./input.ts";

/** What the tests of means need of a sample. `variance` is that of one value, with the divisor n − 1. */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

export interface Sums {
  readonly n: number;
  readonly sum: number;
  /** Σx². */
  readonly squares: number;
}

/** Throws `invalid_input` for what is no summary of at least two finite values. */
export function requireSummary(name: string, { n, mean, variance }: Summary): void {
  requireCounts({ [`n of ${name}`]: n });
  if (n < 2) throw new Failure("invalid_input", `${name} has ${n} values`, { fix: "give at least two: one value shows no variance" });
  if (!Number.isFinite(mean)) throw new Failure("invalid_input", `the mean of ${name} is ${mean}`, { fix: "leave out values that are not finite" });
  if (!(variance >= 0 && variance < Number.POSITIVE_INFINITY)) throw new Failure("invalid_input", `the variance of ${name} is ${variance}`, { fix: "give a finite number from 0 up" });
}

/** Of at least two values, by two passes, the second corrected for the rounding of the mean. Equal values have variance 0 exactly. */
export function summaryOf(values: readonly number[]): Summary {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = n === 0 ? 0 : sum / n;
  let squares = 0;
  let rest = 0;
  for (const value of values) {
    squares += (value - mean) ** 2;
    rest += value - mean;
  }
  const first = values[0];
  const summary = values.every((value) => value === first) ? { n, mean: first ?? 0, variance: 0 } : { n, mean, variance: (squares - (rest * rest) / n) / (n - 1) };
  requireSummary("the sample", summary);
  return summary;
}

/**
 * Of Σx and Σx² as doubles; n·Σx² − (Σx)² is taken without rounding. When it is less than the rounding of the sums
 * themselves could make it, the variance is 0.
 *
 * @throws Failure `invalid_input` when it is clearly negative: no values have such sums.
 */
export function summaryFromSums({ n, sum, squares }: Sums): Summary {
  requireCounts({ n });
  const summary = { n, mean: sum / n, variance: varianceFromSums({ n, sum, squares }) };
  requireSummary("the sample", summary);
  return summary;
}

/** With the divisor n − 1; 0 where it is negative by no more than careless summing explains. */
export function varianceFromSums({ n, sum, squares }: Sums): number {
  const spread = centred({ n, first: sum, second: sum, products: squares });
  if (spread < -1e-9 * squares || squares < 0) throw new Failure("invalid_input", `no ${n} values have the sum ${sum} and the sum of squares ${squares}`, { fix: "check whether squares is Σx², not a variance" });
  return Math.max(0, spread) / (n - 1);
}

/** Of evidence, in the metric's own unit; exact up to the last division. */
export function summaryFromMoments({ n, sum, squares }: Moments): Summary {
  if (n < 2) throw new Failure("invalid_input", `the evidence holds ${n} values`, { fix: "ask whether n is at least 2 first" });
  const total = wideToBigInt(sum);
  const spread = BigInt(n) * wideToBigInt(squares) - total * total;
  const summary = { n, mean: Number(total) / n / 1000, variance: Number(spread) / n / (n - 1) / 1e6 };
  requireSummary("the evidence", summary);
  return summary;
}

/** Of several groups taken together, by the sums of squares within and between them (Chan, Golub & LeVeque 1979). */
export function combineSummaries(groups: readonly Summary[]): Summary {
  let n = 0;
  let mean = 0;
  let spread = 0;
  for (const [i, group] of groups.entries()) {
    requireSummary(`group ${i}`, group);
    const total = n + group.n;
    const step = group.mean - mean;
    spread += (group.n - 1) * group.variance + step * step * n * (group.n / total);
    mean += step * (group.n / total);
    n = total;
  }
  const summary = { n, mean, variance: spread / (n - 1) };
  requireSummary("all groups together", summary);
  return summary;
}

/**
 * Σ(x − x̄)(y − ȳ) = Σxy − Σx·Σy/n, the two products subtracted without rounding; 0 when it is less than 2^−48 of either,
 * which the rounding of the sums could make of nothing.
 */
export function centred({ n, first, second, products }: { readonly n: number; readonly first: number; readonly second: number; readonly products: number }): number {
  const [whole, wholeRest] = exactProduct(n, products);
  const [square, squareRest] = exactProduct(first, second);
  const difference = whole - square + (wholeRest - squareRest);
  return Math.abs(difference) <= 2 ** -48 * Math.max(Math.abs(whole), Math.abs(square)) ? 0 : difference / n;
}

/** a·b as the rounded product and what the rounding left out (Dekker 1971); 0 for the latter where it would overflow. */
function exactProduct(a: number, b: number): readonly [number, number] {
  const product = a * b;
  if (!(Math.abs(a) < 1e150 && Math.abs(b) < 1e150)) return [product, 0];
  const [aHigh, aLow] = halves(a);
  const [bHigh, bLow] = halves(b);
  return [product, aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow];
}

function halves(value: number): readonly [number, number] {
  const scaled = value * (2 ** 27 + 1);
  const high = scaled - (scaled - value);
  return [high, value - high];
}
