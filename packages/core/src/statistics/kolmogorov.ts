import { Failure } from "../failure/failure.ts";
import { requireAtLeast, requireShare } from "./input.ts";
import { logBinomialMass } from "./saddle-point.ts";

/**
 * P(K > λ) of Kolmogorov's limit distribution (1933): 2·Σ (−1)^(j−1)·e^(−2j²λ²), and below λ = 1, where that alternates
 * too long, 1 − √(2π)/λ·Σ e^(−(2j−1)²π²/(8λ²)). Exact for the limit; for a sample it is asymptotic.
 */
export function kolmogorovSurvival(lambda: number): number {
  requireAtLeast("λ", lambda, 0);
  // Below, the rest is less than 1e-300.
  if (lambda < 0.04) return 1;
  if (lambda < 1) return 1 - lowerSeries(lambda);
  let sum = 0;
  for (let j = 1; j < 12; j++) sum += (j % 2 === 1 ? 2 : -2) * Math.exp(-2 * j * j * lambda * lambda);
  return Math.min(1, sum);
}

function lowerSeries(lambda: number): number {
  let sum = 0;
  for (let j = 1; j < 12; j++) sum += Math.exp((-((2 * j - 1) ** 2) * Math.PI * Math.PI) / (8 * lambda * lambda));
  return (Math.sqrt(2 * Math.PI) / lambda) * sum;
}

/** Up to here the exact distribution takes a few milliseconds. */
export const KOLMOGOROV_EXACT_MAX = 500;

/**
 * P(Dₙ ≥ d) of one sample of n values against a continuous distribution; exact, n ≤ KOLMOGOROV_EXACT_MAX. By the matrix
 * of Durbin (1973; Marsaglia, Tsang & Wang 2003). In the tail, and from d = ½ on, it is twice the one-sided
 * probability: both sides at once are impossible, or 2e-11 of the whole and less.
 */
export function kolmogorovExactSurvival(d: number, n: number): number {
  requireShare("D", d);
  if (!Number.isSafeInteger(n) || n < 1 || n > KOLMOGOROV_EXACT_MAX) throw new Failure("invalid_input", `the exact distribution is computed for 1 … ${KOLMOGOROV_EXACT_MAX} values, not ${n}`, { fix: "take the limit distribution" });
  if (d <= 0.5 / n) return 1;
  if (d >= 0.5 || n * d * d > 4.1) return Math.min(1, 2 * smirnovSurvival(d, n));
  return Math.min(1, Math.max(0, 1 - durbinCdf(d, n)));
}

/** P(Dₙ⁺ ≥ d) for 0 < d ≤ 1: d·Σ C(n, j)·(d + j/n)^(j−1)·(1 − d − j/n)^(n−j) (Smirnov 1944; Birnbaum & Tingey 1951), all terms positive. */
export function smirnovSurvival(d: number, n: number): number {
  requireShare("D", d);
  if (!Number.isSafeInteger(n) || n < 1) throw new Failure("invalid_input", `a sample can't have ${n} values`, { fix: "give a whole number from 1 up" });
  if (d === 0) return 1;
  let sum = 0;
  const last = Math.floor(n * (1 - d) + 1e-9);
  for (let j = 0; j <= last; j++) {
    const q = (n - j) / n - d;
    if (q <= 0) break;
    sum += (d / (1 - q)) * Math.exp(logBinomialMass(j, n - j, { p: 1 - q, q }));
  }
  // At d = 1 only the sample that lies at one end is left, and it has no probability.
  return Math.min(1, sum);
}

/** P(Dₙ < d): n!/nⁿ·(Hⁿ)ₖₖ with k = ⌈nd⌉, the scale kept apart so that nothing overflows. */
function durbinCdf(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const h = k - n * d;
  const size = 2 * k - 1;
  let power = durbinMatrix(size, h);
  let base = power;
  let exponent = 0;
  let baseExponent = 0;
  let result: Float64Array | null = null;
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      result = result === null ? base : product(result, base, size);
      exponent += baseExponent;
      exponent += rescale(result, size);
    }
    if (left > 1) {
      power = product(base, base, size);
      baseExponent = 2 * baseExponent + rescale(power, size);
      base = power;
    }
  }
  let logarithm = exponent * Math.log(SCALE);
  for (let i = 1; i <= n; i++) logarithm += Math.log(i / n);
  return Math.exp(logarithm) * ((result as Float64Array)[(k - 1) * size + k - 1] as number);
}

const SCALE = 2 ** 400;

function durbinMatrix(size: number, h: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) if (i - j + 1 >= 0) matrix[i * size + j] = 1;
  for (let i = 0; i < size; i++) {
    (matrix[i * size] as number) -= h ** (i + 1);
    (matrix[(size - 1) * size + i] as number) -= h ** (size - i);
  }
  if (2 * h > 1) (matrix[(size - 1) * size] as number) += (2 * h - 1) ** size;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) for (let g = 2; g <= i - j + 1; g++) (matrix[i * size + j] as number) /= g;
  }
  return matrix;
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const value = a[i * size + k] as number;
      if (value === 0) continue;
      for (let j = 0; j < size; j++) (result[i * size + j] as number) += value * (b[k * size + j] as number);
    }
  }
  return result;
}

/** Divides a matrix that has grown too large by a power of two, and says how many times. */
function rescale(matrix: Float64Array, size: number): number {
  const middle = matrix[((size - 1) / 2) * (size + 1)] as number;
  if (middle < SCALE) return 0;
  for (let i = 0; i < matrix.length; i++) (matrix[i] as number) /= SCALE;
  return 1;
}
