import { Failure } from "../failure/failure.ts";

/** erf x = 2/√π·∫₀ˣ e^(−t²) dt: the power series of all positive terms (Abramowitz & Stegun 7.1.6), 1 − erfc beyond 1. */
export function erf(x: number): number {
  requireNumber(x);
  const size = Math.abs(x);
  return Math.sign(x) * (size < 1 ? series(size) : 1 - fraction(size));
}

/** 1 − erf x, computed as itself: it stays exact down to where doubles end (x ≈ 27). */
export function erfc(x: number): number {
  requireNumber(x);
  if (x < -1) return 2 - fraction(-x);
  return x > 1 ? fraction(x) : 1 - Math.sign(x) * series(Math.abs(x));
}

const TWO_OVER_ROOT_PI = 1.1283791670955126;

/** e^(−x²)/√π·2·Σ 2^k·x^(2k+1)/(1·3·5…(2k+1)). */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return TWO_OVER_ROOT_PI * bell(x) * sum;
}

/** e^(−x²)/√π·1/(x + ½/(x + 1/(x + (3/2)/(x + …)))) (Abramowitz & Stegun 7.1.14), from a depth that suffices for x ≥ 1. */
function fraction(x: number): number {
  if (x > 28) return 0;
  let value = x;
  for (let k = Math.ceil(12 + 180 / (x * x)); k > 0; k--) value = x + k / 2 / value;
  return (TWO_OVER_ROOT_PI / 2) * (bell(x) / value);
}

/** e^(−x²), with the square split so that its rounding is not multiplied by it. */
function bell(x: number): number {
  const near = Math.round(x * 16) / 16;
  return Math.exp(-near * near) * Math.exp(-(x - near) * (x + near));
}

function requireNumber(x: number): void {
  if (Number.isNaN(x)) throw new Failure("invalid_input", "the error function has no value at NaN", { fix: "check where the value comes from" });
}
