import { Failure } from "../failure/failure.ts";
import { requireShare } from "./input.ts";
import { logBinomialMass } from "./saddle-point.ts";

/** I_x(a, b), the regularised incomplete beta function: P(X ≤ x) of Beta(a, b); a, b > 0. */
export function betaCdf(x: number, a: number, b: number): number {
  return Math.exp(logBetaCdf(x, a, b));
}

/** 1 − I_x(a, b), computed as itself: it stays exact where 1 − I is 0. Full precision for a, b ≥ 1. */
export function betaSurvival(x: number, a: number, b: number): number {
  return Math.exp(logBetaSurvival(x, a, b));
}

export function logBetaCdf(x: number, a: number, b: number): number {
  return logIncompleteBeta({ x, y: 1 - x }, { a, b });
}

export function logBetaSurvival(x: number, a: number, b: number): number {
  return logIncompleteBeta({ x: 1 - x, y: x }, { a: b, b: a });
}

/**
 * ln I_x(a, b) with y = 1 − x given apart, so that neither need be rounded: the continued fraction DLMF 8.17.22, on
 * the side on which it converges.
 */
export function logIncompleteBeta({ x, y }: { readonly x: number; readonly y: number }, { a, b }: { readonly a: number; readonly b: number }): number {
  requireShare("x", x);
  if (!(a > 0 && b > 0 && a + b < Number.POSITIVE_INFINITY)) throw new Failure("invalid_input", `Beta(${a}, ${b}) does not exist`, { fix: "both parameters must be above 0" });
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (y === 0) return 0;
  const logPrefix = logBinomialMass(a, b, { p: x, q: y }) + Math.log((a * b) / (a + b));
  if (x <= (a + 1) / (a + b + 2)) return logPrefix + Math.log(continuedFraction(x, a, b) / a);
  const upper = Math.exp(logPrefix) * (continuedFraction(y, b, a) / b);
  return Math.log1p(-Math.min(upper, 1));
}

/** By the modified Lentz method; about √max(a, b) steps. */
function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return fraction;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
