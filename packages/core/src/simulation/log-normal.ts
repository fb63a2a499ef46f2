import { bucketOf, upperBound } from "../evidence/histogram.ts";
import type { Histogram } from "../evidence/statistic.ts";
import { normalCdf, normalQuantile } from "../statistics/normal.ts";
import { drawBinomial } from "./draw.ts";
import type { Random } from "./random.ts";
import type { LogNormal } from "./world.ts";

const Z95 = 1.6448536269514722;

/** P(X ≤ x). */
export function logNormalCdf({ p50, p95 }: LogNormal, x: number): number {
  return x <= 0 ? 0 : normalCdf((Math.log(x / p50) / Math.log(p95 / p50)) * Z95);
}

export function logNormalQuantile({ p50, p95 }: LogNormal, q: number): number {
  return p50 * Math.exp((normalQuantile(q) / Z95) * Math.log(p95 / p50));
}

/** Draws histograms of log-normal values, bucket by bucket. */
export interface HistogramSource {
  draw(random: Random, n: number): Histogram;
}

/** Buckets beyond these tails are not told apart: one value in 10^9. */
const TAIL = 5e-10;

export function histogramSource(values: LogNormal): HistogramSource {
  const first = bucketOf(logNormalQuantile(values, TAIL)) ?? -999;
  const last = bucketOf(upperTail(values)) ?? first;
  const cumulative: number[] = [];
  for (let index = first; index < last; index++) cumulative.push(logNormalCdf(values, upperBound(index)));
  cumulative.push(1);
  return { draw: (random, n) => (n < cumulative.length ? oneByOne(random, n, { first, cumulative }) : byBucket(random, n, { first, cumulative })) };
}

/** By symmetry of the logarithm: p50² over the lower tail's quantile. */
function upperTail(values: LogNormal): number {
  return (values.p50 * values.p50) / logNormalQuantile(values, TAIL);
}

interface Table {
  readonly first: number;
  readonly cumulative: readonly number[];
}

function oneByOne(random: Random, n: number, { first, cumulative }: Table): Histogram {
  const counts = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const u = random();
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] as number) < u) low = middle + 1;
      else high = middle;
    }
    counts.set(first + low, (counts.get(first + low) ?? 0) + 1);
  }
  return { kind: "histogram", n, zeros: 0, buckets: [...counts].toSorted((a, b) => a[0] - b[0]) };
}

function byBucket(random: Random, n: number, { first, cumulative }: Table): Histogram {
  const buckets: [number, number][] = [];
  let left = n;
  let below = 0;
  for (let i = 0; i < cumulative.length && left > 0; i++) {
    const chance = ((cumulative[i] as number) - below) / (1 - below);
    const count = drawBinomial(random, left, Math.min(1, chance));
    if (count > 0) buckets.push([first + i, count]);
    left -= count;
    below = cumulative[i] as number;
  }
  return { kind: "histogram", n, zeros: 0, buckets };
}
