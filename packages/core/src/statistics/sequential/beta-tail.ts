import { logIncompleteBeta } from "../beta.ts";
import { normalSurvival } from "../normal.ts";

/** Above this many counts the continued fraction takes too many steps, and the expansion below is exact to 1e-9. */
const MANY = 1e9;

/** ln P(Beta(a, b) > x), also for counts of 1e15; y = 1 − x. */
export function logBetaTail({ x, y }: { readonly x: number; readonly y: number }, { a, b }: { readonly a: number; readonly b: number }): number {
  return a + b <= MANY ? logIncompleteBeta({ x: y, y: x }, { a: b, b: a }) : logExpansion({ x: y, y: x }, { a: b, b: a });
}

/**
 * ln I_x(a, b) by Temme's uniform expansion with its first correction (DLMF 8.18.14–16): with m = a/(a + b) and
 * −η²/2 = m·ln(x/m) + (1 − m)·ln(y/(1 − m)), I ≈ Φ(η√(a+b)) + (density)·(1/η − √(m(1 − m))/(x − m)).
 */
function logExpansion({ x, y }: { readonly x: number; readonly y: number }, { a, b }: { readonly a: number; readonly b: number }): number {
  const n = a + b;
  const m = a / n;
  const deviation = deviance(m, x) + deviance(b / n, y);
  const eta = Math.sign(x - m) * Math.sqrt(2 * Math.max(0, deviation));
  const z = eta * Math.sqrt(n);
  const spread = Math.sqrt(m * (b / n));
  const correction = Math.abs(eta) < 1e-5 ? (1 - 2 * m) / (3 * spread) : 1 / eta - spread / (x - m);
  const logDensity = -0.5 * z * z - 0.5 * Math.log(2 * Math.PI * n);
  if (z > -30) return Math.log(Math.min(1, Math.max(normalSurvival(-z) + correction * Math.exp(logDensity), Number.MIN_VALUE)));
  // Mills' ratio, so that the tail keeps its logarithm where the tail itself is 0; together with the correction 1/η cancels.
  const mills = spread / (m - x) + 1 / (eta * eta * eta * n);
  return logDensity + Math.log(Math.max(mills, Number.MIN_VALUE));
}

/** u·ln(u/v) + v − u ≥ 0; two of them sum to the deviation, and near v a series keeps what the logarithm would cancel. */
function deviance(u: number, v: number): number {
  const e = (u - v) / v;
  if (Math.abs(e) > 0.05) return u * Math.log(u / v) + v - u;
  let sum = 0;
  let power = e * e;
  for (let k = 2; k < 16; k++) {
    sum += power / (k * (k - 1));
    power *= -e;
  }
  return v * sum;
}
