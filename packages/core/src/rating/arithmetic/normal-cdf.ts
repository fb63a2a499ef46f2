import { exp } from "./exp.ts";

const ROOT_HALF: number = Math.SQRT1_2;
const ROOT_PI = 1.772_453_850_905_516;

/** Φ(z), from IEEE 754's own operations only (see `exp`): a likelihood of superiority must be the same bits on every node. */
export function normalCdf(z: number): number {
  const x = Math.abs(z) * ROOT_HALF;
  const tail = x < 2.5 ? (1 - erfSeries(x)) / 2 : erfcFraction(x) / 2;
  return z < 0 ? tail : 1 - tail;
}

/** Abramowitz & Stegun 7.1.6. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / ROOT_PI) * exp(-x * x) * sum;
}

/** Abramowitz & Stegun 7.1.14, from a depth that suffices for x ≥ 2.5. */
function erfcFraction(x: number): number {
  if (x > 26) return 0;
  let value = x;
  for (let k = 60; k > 0; k--) value = x + k / 2 / value;
  return exp(-x * x) / ROOT_PI / value;
}
