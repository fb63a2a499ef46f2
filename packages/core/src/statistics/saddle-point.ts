import { HALF_LOG_TWO_PI, logGamma, stirlingSeries } from "./log-gamma.ts";

// Loader, "Fast and accurate computation of binomial probabilities" (2000): a density is written as the exponential of
// deviances, which don't cancel, instead of as a difference of large log-gammas, which do.

const TWO_PI = 2 * Math.PI;

/** ln of the binomial mass C(n, hits) p^hits q^misses, n = hits + misses, also for real numbers; q must be 1 − p. */
export function logBinomialMass(hits: number, misses: number, { p, q }: { readonly p: number; readonly q: number }): number {
  if (p === 0 || q === 0) return (p === 0 ? hits : misses) === 0 ? 0 : Number.NEGATIVE_INFINITY;
  if (hits === 0) return misses * (p < 0.5 ? Math.log1p(-p) : Math.log(q));
  if (misses === 0) return hits * (q < 0.5 ? Math.log1p(-q) : Math.log(p));
  const n = hits + misses;
  const correction = stirlingError(n) - stirlingError(hits) - stirlingError(misses);
  return correction - deviance(hits, n * p) - deviance(misses, n * q) + 0.5 * Math.log(n / (TWO_PI * hits * misses));
}

/** ln of the Poisson mass m^x e^−m/Γ(x+1), also for real x. */
export function logPoissonMass(x: number, m: number): number {
  if (m === 0) return x === 0 ? 0 : Number.NEGATIVE_INFINITY;
  if (x === 0) return -m;
  return -stirlingError(x) - deviance(x, m) - 0.5 * Math.log(TWO_PI * x);
}

/** x·ln(x/m) + m − x ≥ 0, by a series where the terms would cancel. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let power = 2 * x * v;
  for (let j = 1; j < 100; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** ln Γ(x + 1) − (x + ½)·ln x + x − ½·ln 2π. */
function stirlingError(x: number): number {
  if (x >= 10) return stirlingSeries(x);
  return SMALL_WHOLE[x] ?? smallStirlingError(x);
}

function smallStirlingError(x: number): number {
  return logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - HALF_LOG_TWO_PI;
}

/** Of 1 … 9: most counts that are small are whole. 0 never occurs. */
const SMALL_WHOLE: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((x) => (x === 0 ? 0 : smallStirlingError(x)));
