import { Failure } from "../failure/failure.ts";
import { requireCounts } from "./input.ts";
import { centred, requireSummary, type Summary, varianceFromSums } from "./summary.ts";

/** Over the units of one arm: x the numerator and y the denominator of each, such as clicks and views of a user. */
export interface PairSums {
  readonly n: number;
  readonly x: number;
  readonly y: number;
  /** Σx², Σxy, Σy². */
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

export interface PairSpread {
  readonly meanX: number;
  readonly meanY: number;
  /** With the divisor n − 1. */
  readonly varianceX: number;
  readonly varianceY: number;
  readonly covariance: number;
}

/**
 * A ratio of sums Σx/Σy as a summary whose variance of the mean is that of the ratio: by the delta method
 * (s²_x − 2R·s_xy + R²·s²_y)/ȳ², R = Σx/Σy. What tests means tests it then: `welch`, `relativeDifference`,
 * `ratioToBaseline`. Asymptotic in the number of units. null when Σy is 0.
 *
 * Where the units are clusters (x a cluster's sum, y its number of values) this is the mean with the cluster-robust
 * standard error CR1 (Liang & Zeger 1986), so that values of one user need not be independent.
 */
export function ratioMetric(sums: PairSums): Summary | null {
  const { meanX, meanY, varianceX, varianceY, covariance } = spreadOf(sums);
  if (meanY === 0) return null;
  const ratio = meanX / meanY;
  const pieces = [varianceX, -2 * ratio * covariance, ratio * ratio * varianceY] as const;
  const variance = pieces[0] + pieces[1] + pieces[2];
  // The three pieces cancel wholly where x is always R·y.
  const noise = 2 ** -44 * (pieces[0] + pieces[2]);
  const summary = { n: sums.n, mean: ratio, variance: variance <= noise ? 0 : variance / meanY / meanY };
  requireSummary("the ratio metric", summary);
  return summary;
}

/** The five sums of values given in pairs. */
export function pairSums(x: readonly number[], y: readonly number[]): PairSums {
  if (x.length !== y.length) throw new Failure("invalid_input", `${x.length} values can't be paired with ${y.length}`, { fix: "give one y for each x" });
  const sums = { n: x.length, x: 0, y: 0, xx: 0, xy: 0, yy: 0 };
  for (const [i, a] of x.entries()) {
    const b = y[i] as number;
    sums.x += a;
    sums.y += b;
    sums.xx += a * a;
    sums.xy += a * b;
    sums.yy += b * b;
  }
  return sums;
}

/** Means, variances and covariance. @throws Failure `invalid_input` for sums that no values have. */
export function spreadOf({ n, x, y, xx, xy, yy }: PairSums): PairSpread {
  requireCounts({ n });
  if (n < 2) throw new Failure("invalid_input", `there are ${n} units`, { fix: "give at least two: one unit shows no variance" });
  for (const [name, value] of Object.entries({ x, y, xx, xy, yy })) {
    if (!Number.isFinite(value)) throw new Failure("invalid_input", `the sum ${name} is ${value}`, { fix: "leave out units whose values are not finite" });
  }
  const varianceX = varianceFromSums({ n, sum: x, squares: xx });
  const varianceY = varianceFromSums({ n, sum: y, squares: yy });
  const covariance = centred({ n, first: x, second: y, products: xy }) / (n - 1);
  // What the rounding of the sums explains is forgiven.
  const largest = Math.sqrt(varianceX) * Math.sqrt(varianceY) + 1e-6 * Math.sqrt(xx / n + 1e-300) * Math.sqrt(yy / n + 1e-300);
  if (!(Math.abs(covariance) <= largest)) {
    throw new Failure("invalid_input", `no values have these sums: xy ${xy} is too far from x·y/n`, { fix: "check that xx, xy and yy are Σx², Σxy and Σy²" });
  }
  return { meanX: x / n, meanY: y / n, varianceX, varianceY, covariance };
}
