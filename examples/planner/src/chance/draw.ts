import type { Random } from "@gauntlet/core";

/** A standard normal number (Box & Muller 1958; the second of the pair is not kept, so that a draw has no memory). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

export function logNormal(random: Random, { p50, p95 }: { readonly p50: number; readonly p95: number }): number {
  return p50 * Math.exp((normal(random) / 1.6448536269514722) * Math.log(p95 / p50));
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Knuth's product of uniform numbers, in parts of mean 20, where e^-mean is far from underflow. */
export function poisson(random: Random, mean: number): number {
  let count = 0;
  for (let left = mean; left > 0; left -= 20) {
    const limit = Math.exp(-Math.min(20, left));
    for (let product = random(); product > limit; product *= random()) count++;
  }
  return count;
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
