import { Failure } from "../failure/failure.ts";
import { requireAtLeast } from "./input.ts";
import { logPoissonMass } from "./saddle-point.ts";

/** P(a, x), the regularised lower incomplete gamma function, a > 0, x ≥ 0. */
export function gammaP(a: number, x: number): number {
  return Math.exp(logGammaP(a, x));
}

/** Q(a, x) = 1 − P(a, x), computed as itself: it stays exact where 1 − P is 0. Full precision for a ≥ ½. */
export function gammaQ(a: number, x: number): number {
  return Math.exp(logGammaQ(a, x));
}

export function logGammaP(a: number, x: number): number {
  requireShape(a, x);
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x < a + 1 ? logSeries(a, x) : Math.log1p(-Math.exp(logFraction(a, x)));
}

export function logGammaQ(a: number, x: number): number {
  requireShape(a, x);
  if (x === 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  return x < a + 1 ? Math.log1p(-Math.exp(logSeries(a, x))) : logFraction(a, x);
}

function requireShape(a: number, x: number): void {
  requireAtLeast("x", x, 0);
  if (!(a >= 1e-290 && a <= SHAPE_MAX)) throw new Failure("invalid_input", `a must be above 0 and at most ${SHAPE_MAX}, not ${a}`, { fix: "check where the value comes from" });
}

/** Up to here series and fraction converge, within milliseconds. */
const SHAPE_MAX = 1e12;

/** ln of x^a e^−x/Γ(a+1)·Σ x^k/((a+1)…(a+k)) (DLMF 8.7.1). */
function logSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return logPoissonMass(a, x) + Math.log(sum);
}

/** ln of Legendre's continued fraction of Q (DLMF 8.9.2), by the modified Lentz method. */
function logFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000_000; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return logPoissonMass(a, x) + Math.log(a * fraction);
}
