import type { Random } from "@gauntlet/core";

/** A standard normal number (Box & Muller 1958; the second of the pair is not kept, so that a draw has no memory). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const Z95 = 1.6448536269514722;

export function logNormal(random: Random, { median, p95 }: { readonly median: number; readonly p95: number }): number {
  return median * Math.exp((normal(random) / Z95) * Math.log(p95 / median));
}
