import { requireShare } from "./input.ts";

/** P(Z ≤ z) of the standard normal. Relative error ≤ 1e-13 down to where doubles end (z ≈ −38). */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}

/**
 * P(Z > z). The power series of Abramowitz & Stegun 26.2.11 in the middle, the continued fraction 26.2.14 in the tail;
 * never 1 − cdf, which loses the tail.
 */
export function normalSurvival(z: number): number {
  if (Number.isNaN(z)) return requireShare("a normal tail", z) as never;
  if (z < 0) return z < -MIDDLE ? 1 - upperTail(-z) : 0.5 + centre(-z);
  return z > MIDDLE ? upperTail(z) : 0.5 - centre(z);
}

/**
 * The z with P(Z ≤ z) = p; ±∞ at 0 and 1. A rational start (Abramowitz & Stegun 26.2.23) and Halley's steps on the
 * function itself, so that it is as exact as `normalCdf`. For p near 1 ask for −normalQuantile(1 − p) of the exact tail.
 */
export function normalQuantile(p: number): number {
  const known = quantiles.get(p);
  if (known !== undefined) return known;
  requireShare("p", p);
  const z = solveQuantile(p);
  // A process asks for the same few levels for ever; the bound is for those who don't.
  if (quantiles.size < 256) quantiles.set(p, z);
  return z;
}

const quantiles: Map<number, number> = new Map();

function solveQuantile(p: number): number {
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  // Both subtractions are exact in doubles where they are used.
  if (Math.abs(p - 0.5) < 0.4) return Math.sign(p - 0.5) * solveCentre(Math.abs(p - 0.5));
  return p < 0.5 ? -solveTail(p) : solveTail(1 - p);
}

/** z > 0 of a two-sided interval of this level: 1.96 for 0.95. */
export function criticalValue(level: number): number {
  return -normalQuantile((1 - level) / 2);
}

/** P(|Z| ≥ |z|). */
export function twoSidedP(z: number): number {
  return Math.min(1, 2 * normalSurvival(Math.abs(z)));
}

/** Up to here the series loses less than three digits to ½ − centre. */
const MIDDLE = 2;

const INVERSE_SQRT_TWO_PI = 0.398_942_280_401_432_7;

/** φ(z), with the square split so that its rounding is not multiplied by it. */
function density(z: number): number {
  const near = Math.round(z * 16) / 16;
  return INVERSE_SQRT_TWO_PI * Math.exp((-near * near) / 2) * Math.exp((-(z - near) * (z + near)) / 2);
}

/** P(0 < Z < z) for z ≥ 0: φ(z)·Σ z^(2k+1)/(1·3·5…(2k+1)), all terms positive. */
function centre(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return density(z) * sum;
}

/** φ(z)/(z + 1/(z + 2/(z + 3/…))), evaluated from a depth at which it has converged for every z ≥ 2. */
function upperTail(z: number): number {
  if (z > 40) return 0;
  let fraction = z;
  for (let k = Math.ceil(12 + 320 / (z * z)); k > 0; k--) fraction = z + k / fraction;
  return density(z) / fraction;
}

function startingPoint(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/** z ≥ 0 with P(0 < Z < z) = part. */
function solveCentre(part: number): number {
  let z = part < 0.1 ? part / INVERSE_SQRT_TWO_PI : startingPoint(0.5 - part);
  for (let step = 0; step < 3; step++) {
    const error = (centre(z) - part) / density(z);
    z -= error / (1 + (z * error) / 2);
  }
  return z;
}

/** z > 0 with P(Z > z) = tail. */
function solveTail(tail: number): number {
  let z = startingPoint(tail);
  for (let step = 0; step < 3; step++) {
    const error = (tail - upperOf(z)) / density(z);
    z -= error / (1 + (z * error) / 2);
  }
  return z;
}

function upperOf(z: number): number {
  return z > MIDDLE ? upperTail(z) : 0.5 - centre(z);
}
