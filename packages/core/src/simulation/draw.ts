import { logGamma } from "../statistics/log-gamma.ts";
import type { Random } from "./random.ts";

/** Below it, inversion is faster than rejection. */
const INVERSION_MAX = 10;

/**
 * Binomial(n, p): how many of `n` have a property of chance `p`. By inversion where the mean is small, otherwise by
 * transformed rejection (Hörmann 1993, algorithm BTRS).
 */
export function drawBinomial(random: Random, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(random, n, 1 - p);
  return n * p < INVERSION_MAX ? invertBinomial(random, n, p) : rejectBinomial(random, n, p);
}

/** Poisson(mean). By multiplication of uniforms where the mean is small, otherwise Hörmann's PTRS (1993). */
export function drawPoisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  if (mean >= INVERSION_MAX) return rejectPoisson(random, mean);
  const least = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > least) {
    product *= random();
    count++;
  }
  return count;
}

/** Multinomial: `n` spread over the classes of `chances` (which sum to 1), written into `into` from `offset` on. */
export function drawMultinomial(random: Random, request: { readonly n: number; readonly chances: readonly number[]; readonly into: Int32Array; readonly offset: number }): void {
  const { n, chances, into, offset } = request;
  let left = n;
  let rest = 1;
  for (let i = 0; i < chances.length; i++) {
    const chance = chances[i] as number;
    const last = i === chances.length - 1;
    const count = last ? left : drawBinomial(random, left, rest <= 0 ? 0 : Math.min(1, chance / rest));
    into[offset + i] = count;
    left -= count;
    rest -= chance;
  }
}

function invertBinomial(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  let mass = Math.exp(n * Math.log1p(-p));
  let left = random();
  let count = 0;
  while (left > mass && count < n) {
    left -= mass;
    count++;
    mass *= (odds * (n - count + 1)) / count;
  }
  return count;
}

function rejectBinomial(random: Random, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const inside = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const odds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  const atMode = logGamma(mode + 1) + logGamma(n - mode + 1);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + centre);
    if (us >= 0.07 && v <= inside) return count;
    if (count < 0 || count > n) continue;
    const bound = atMode - logGamma(count + 1) - logGamma(n - count + 1) + (count - mode) * odds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return count;
  }
}

function rejectPoisson(random: Random, mean: number): number {
  const log = Math.log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverse = 1.1239 + 1.1328 / (b - 3.4);
  const inside = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= inside) return count;
    if (count < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverse) / (a / (us * us) + b)) <= count * log - mean - logGamma(count + 1)) return count;
  }
}
