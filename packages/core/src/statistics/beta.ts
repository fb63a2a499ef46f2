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
  if (!(a >= PARAMETER_MIN && b >= PARAMETER_MIN && a + b <= PARAMETERS_MAX)) throw new Failure("invalid_input", `Beta(${a}, ${b}) can't be computed`, { fix: `both parameters must be above 0, and their sum at most ${PARAMETERS_MAX}` });
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (y === 0) return 0;
  const logPrefix = logBinomialMass(a, b, { p: x, q: y }) + Math.log((a * b) / (a + b));
  if (x <= (a + 1) / (a + b + 2)) return logPrefix + Math.log(continuedFraction({ x, y }, a, b));
  const upper = Math.exp(logPrefix) * continuedFraction({ x: y, y: x }, b, a);
  return Math.log1p(-Math.min(upper, 1));
}

/** More than any count; up to here the fraction converges. */
const PARAMETERS_MAX = 1e17;
const PARAMETER_MIN = 1e-290;

/**
 * The even part of that fraction (Didonato & Morris 1992, eq. 3.4), by the modified Lentz method; about √max(a, b) steps.
 * It takes y too, because λ = a − (a + b)·x cancels where x is near 1.
 */
function continuedFraction({ x, y }: { readonly x: number; readonly y: number }, a: number, b: number): number {
  const lambda = x < y ? a - (a + b) * x : (a + b) * y - b;
  let fraction = awayFromZero((a / (a + 1)) * (lambda + 1));
  let c = fraction;
  let d = 0;
  for (let n = 1; n < 10_000_000; n++) {
    const share = ((b - n) * x) / (a + 2 * n - 1);
    const numerator = n * share * x * (a + n - 1) * ((a + b + n - 1) / (a + 2 * n - 1));
    const denominator = n + n * share + ((a + n) / (a + 2 * n + 1)) * (lambda + 1 + n * (1 + y));
    d = 1 / awayFromZero(denominator + numerator * d);
    c = awayFromZero(denominator + numerator / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  return 1 / fraction;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
