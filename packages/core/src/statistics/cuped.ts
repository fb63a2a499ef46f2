import { type PairSums, spreadOf } from "./ratio-metric.ts";
import { requireSummary, type Summary } from "./summary.ts";

export interface Cuped {
  /** Of the adjusted values, for `welch` and the others. */
  readonly first: Summary;
  readonly second: Summary;
  readonly theta: number;
  /** Part of the variance of the difference that is gone, in [0, 1]; null when there was none. */
  readonly reduction: number | null;
}

/**
 * CUPED (Deng, Xu, Kohavi & Walker 2013): of each unit's value y, θ·(x − x̄) is taken off, x its value *before* the
 * experiment, which no arm can have changed. θ is pooled within the arms, Σ(n − 1)·s_xy/Σ(n − 1)·s²_x, and 0 where x does
 * not vary; x̄ is the mean of both arms. Asymptotic: θ is estimated from the same units.
 */
export function cuped(first: PairSums, second: PairSums): Cuped {
  const a = spreadOf(first);
  const b = spreadOf(second);
  const spread = (first.n - 1) * a.varianceX + (second.n - 1) * b.varianceX;
  const slope = ((first.n - 1) * a.covariance + (second.n - 1) * b.covariance) / spread;
  // A spread so small that its square is lost is none.
  const theta = Number.isFinite(slope * slope) ? slope : 0;
  const overall = (first.x + second.x) / (first.n + second.n);
  const adjusted = (n: number, { meanX, meanY, varianceX, varianceY, covariance }: typeof a): Summary => {
    const variance = varianceY - 2 * theta * covariance + theta * theta * varianceX;
    const noise = 2 ** -44 * (varianceY + theta * theta * varianceX);
    const summary = { n, mean: meanY - theta * (meanX - overall), variance: variance <= noise ? 0 : variance };
    requireSummary("an arm", summary);
    return summary;
  };
  const result = { first: adjusted(first.n, a), second: adjusted(second.n, b) };
  const before = a.varianceY / first.n + b.varianceY / second.n;
  const after = result.first.variance / first.n + result.second.variance / second.n;
  return { ...result, theta, reduction: before === 0 ? null : Math.max(0, 1 - after / before) };
}
