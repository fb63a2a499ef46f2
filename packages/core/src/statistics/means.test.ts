import fc from "fast-check";
import { expect, test } from "vitest";

import { accumulator } from "../evidence/accumulator.ts";
import type { Moments } from "../evidence/statistic.ts";
import { clusteredMean } from "./clustered-mean.ts";
import { cuped } from "./cuped.ts";
import { pairSums, ratioMetric } from "./ratio-metric.ts";
import { ratioToBaseline } from "./ratio-to-baseline.ts";
import { combineSummaries, type Summary, summaryFromMoments, summaryFromSums, summaryOf } from "./summary.ts";
import { relativeDifference, welch } from "./welch.ts";

const invalid = expect.objectContaining({ code: "invalid_input" });
const numbers = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 2, maxLength: 60 });

test("Welch's relative difference, as GrowthBook publishes it", () => {
  const baseline = summaryFromSums({ n: 3407, sum: 1396.87, squares: 52_377.9767 });
  const candidate = summaryFromSums({ n: 3461, sum: 2422.7, squares: 134_698.29 });
  const found = relativeDifference(candidate, baseline, 0.95);
  expect(found?.difference).toBeCloseTo(0.70732, 5);
  expect(found?.interval?.low).toBeCloseTo(-0.03526, 5);
  expect(found?.interval?.high).toBeCloseTo(1.44989, 5);
  expect(found?.p).toBeCloseTo(0.06191, 5);
});

test("groups (10, 100, 5) and (30, 110, 8) together: mean 107.5, sample sd 8.519961", () => {
  const all = combineSummaries([{ n: 10, mean: 100, variance: 25 }, { n: 30, mean: 110, variance: 64 }]);
  expect(all.mean).toBe(107.5);
  expect(Math.sqrt(all.variance)).toBeCloseTo(8.519961, 6);
  // With both deviations divided by n, as some systems have it.
  const populations = combineSummaries([{ n: 10, mean: 100, variance: (25 * 10) / 9 }, { n: 30, mean: 110, variance: (64 * 30) / 29 }]);
  expect(Math.sqrt((populations.variance * 39) / 40)).toBeCloseTo(8.544004, 6);
});

test("summaries of values, of sums and of evidence agree, and any split of the values gives the whole", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 4, maxLength: 60 }), (thousandths) => {
      const values = thousandths.map((value) => value / 1000);
      const whole = summaryOf(values);
      const into = accumulator("moments");
      for (const value of values) into.add(value);
      const half = Math.floor(values.length / 2);
      const sums = summaryFromSums({ n: values.length, sum: values.reduce((a, b) => a + b, 0), squares: values.reduce((a, b) => a + b * b, 0) });
      for (const other of [sums, summaryFromMoments(into.freeze() as Moments), combineSummaries([summaryOf(values.slice(0, half)), summaryOf(values.slice(half))])]) {
        expect(other.n).toBe(whole.n);
        expect(Math.abs(other.mean - whole.mean)).toBeLessThanOrEqual(1e-9);
        expect(Math.abs(other.variance - whole.variance)).toBeLessThanOrEqual(1e-8 * (whole.variance + 1));
      }
    }),
  );
});

test("a variance beside a huge mean is not lost in the evidence, and 1e15 values are as good as ten", () => {
  const far: Moments = { kind: "moments", n: 4, sum: { high: 0, low: 4_000_000_000_010 }, squares: wide(1_000_000_000_000n ** 2n + 1_000_000_000_001n ** 2n + 1_000_000_000_003n ** 2n + 1_000_000_000_006n ** 2n) };
  expect(summaryFromMoments(far)).toEqual({ n: 4, mean: 1_000_000_000.0025, variance: 7e-6 });
  const many = welch({ n: 1e15, mean: 5, variance: 2 }, { n: 1e15, mean: 5.000_000_1, variance: 2 }, { level: 0.95, margin: 0 });
  expect(many.t).toBeCloseTo(-1.581139, 4);
  expect(many.p).toBeCloseTo(0.113846, 4);
});

test("no variance is no certainty: t, p and interval are null, for sums with rounding too", () => {
  const flat = summaryFromSums({ n: 3, sum: 0.1 + 0.1 + 0.1, squares: 0.1 * 0.1 + 0.1 * 0.1 + 0.1 * 0.1 });
  expect(flat.variance).toBe(0);
  expect(welch(flat, { n: 5, mean: 1, variance: 0 }, { level: 0.95, margin: 0 })).toMatchObject({ standardError: 0, t: null, df: null, p: null, greater: null, less: null, interval: null });
  expect(relativeDifference(flat, { n: 5, mean: 1, variance: 0 }, 0.95)?.p).toBeNull();
  expect(relativeDifference(flat, { n: 5, mean: 0, variance: 1 }, 0.95)).toBeNull();
  expect(relativeDifference(flat, { n: 5, mean: -1, variance: 1 }, 0.95)).toBeNull();
  expect(ratioToBaseline(flat, { n: 5, mean: 1, variance: 0 }, { bound: 1, level: 0.95 })).toMatchObject({ z: null, above: null, below: null, interval: null });
  expect(summaryOf([0.1, 0.1, 0.1]).variance).toBe(0);
});

test("Fieller's interval holds exactly the bounds that the contrast does not reject, and is null when the baseline may be 0", () => {
  fc.assert(
    fc.property(numbers, numbers, fc.double({ min: -5, max: 5, noNaN: true }), (a, b, bound) => {
      const candidate = summaryOf(a);
      const baseline = summaryOf(b);
      const { interval, above, below } = ratioToBaseline(candidate, baseline, { bound, level: 0.9 });
      if (interval === null || above === null || below === null) {
        if (baseline.variance > 0) expect((baseline.mean ** 2 * baseline.n) / baseline.variance).toBeLessThanOrEqual(1.6448536269514722 ** 2 * (1 + 1e-9));
        return;
      }
      expect(interval.low).toBeLessThanOrEqual(interval.high);
      const p = Math.min(above, below);
      if (Math.abs(p - 0.05) > 1e-9) expect(bound > interval.low && bound < interval.high).toBe(p > 0.05);
    }),
    { numRuns: 500 },
  );
  const noise = ratioToBaseline({ n: 100, mean: 5, variance: 1 }, { n: 100, mean: 0.01, variance: 1 }, { bound: 1.1, level: 0.95 });
  expect(noise.interval).toBeNull();
  expect(noise.above).toBeLessThan(1e-20);
  expect(ratioToBaseline({ n: 100, mean: 5, variance: 1 }, { n: 100, mean: 0, variance: 1 }, { bound: 1, level: 0.95 })).toMatchObject({ ratio: null, interval: null });
});

test("a ratio metric with denominators of 1 is the mean, and one of proportional values has no variance", () => {
  fc.assert(
    fc.property(numbers, (x) => {
      const plain = summaryOf(x);
      const ratio = ratioMetric(pairSums(x, x.map(() => 1))) as Summary;
      expect(ratio.mean).toBeCloseTo(plain.mean, 9);
      expect(Math.abs(ratio.variance - plain.variance)).toBeLessThanOrEqual(1e-8 * (plain.variance + 1));
      expect(ratioMetric(pairSums(x.map((value) => 3 * value + 6000), x.map((value) => value + 2000)))?.variance).toBeLessThan(1e-9);
    }),
  );
  expect(ratioMetric(pairSums([1, 2], [0, 0]))).toBeNull();
});

test("clusters of equal size: the robust variance is that of the cluster means", () => {
  const clusters = [[1, 2, 3], [4, 4, 4], [0, 1, 5], [2, 2, 8]];
  const values = clusters.flat();
  const sums = pairSums(clusters.map((cluster) => cluster.reduce((a, b) => a + b, 0)), clusters.map((cluster) => cluster.length));
  const found = clusteredMean(sums, values.reduce((sum, value) => sum + value * value, 0));
  const means = summaryOf(clusters.map((cluster) => summaryOf(cluster).mean));
  expect(found?.summary.mean).toBeCloseTo(3, 12);
  expect(found?.standardError).toBeCloseTo(Math.sqrt(means.variance / 4), 12);
  expect(found?.designEffect).toBeCloseTo(means.variance / 4 / (summaryOf(values).variance / 12), 12);
});

test("CUPED takes off what was known before, and leaves the difference alone where nothing was", () => {
  fc.assert(
    fc.property(numbers, numbers, fc.double({ min: 0.5, max: 3, noNaN: true }), (a, b, slope) => {
      const noise = (i: number): number => Math.sin(i * 12.9898) * 10;
      const arm = (x: readonly number[], lift: number) => pairSums(x, x.map((value, i) => slope * value + noise(i) + lift));
      const { first, second, theta, reduction } = cuped(arm(a, 5), arm(b, 0));
      const plain = [summaryOf(a.map((value, i) => slope * value + noise(i) + 5)), summaryOf(b.map((value, i) => slope * value + noise(i)))] as const;
      expect(Number.isFinite(theta)).toBe(true);
      if (reduction !== null) expect(reduction >= 0 && reduction <= 1).toBe(true);
      const pooled = (s: readonly [Summary, Summary]): number => (s[0].n - 1) * s[0].variance + (s[1].n - 1) * s[1].variance;
      expect(pooled([first, second])).toBeLessThanOrEqual(pooled(plain) * (1 + 1e-9) + 1e-6);
    }),
  );
  const still = pairSums([7, 7, 7], [1, 2, 4]);
  const { first, theta, reduction } = cuped(still, pairSums([7, 7], [3, 5]));
  expect([theta, first.mean, reduction]).toEqual([0, 7 / 3, 0]);
  expect(cuped(still, still).first.variance).toBeCloseTo(summaryOf([1, 2, 4]).variance, 12);
});

test.each<[string, () => unknown]>([
  ["one value", () => summaryOf([1])],
  ["none", () => summaryOf([])],
  ["NaN", () => summaryOf([1, Number.NaN])],
  ["infinity", () => summaryOf([1, Number.POSITIVE_INFINITY])],
  ["an overflow", () => summaryOf([1e308, -1e308])],
  ["squares below sum²/n", () => summaryFromSums({ n: 10, sum: 100, squares: 5 })],
  ["a negative variance", () => welch({ n: 5, mean: 1, variance: -1 }, { n: 5, mean: 1, variance: 1 }, { level: 0.95, margin: 0 })],
  ["NaN as a mean", () => welch({ n: 5, mean: Number.NaN, variance: 1 }, { n: 5, mean: 1, variance: 1 }, { level: 0.95, margin: 0 })],
  ["half a value", () => welch({ n: 2.5, mean: 1, variance: 1 }, { n: 5, mean: 1, variance: 1 }, { level: 0.95, margin: 0 })],
  ["a level of 95", () => welch({ n: 5, mean: 1, variance: 1 }, { n: 5, mean: 1, variance: 1 }, { level: 95, margin: 0 })],
  ["an infinite margin", () => welch({ n: 5, mean: 1, variance: 1 }, { n: 5, mean: 1, variance: 1 }, { level: 0.95, margin: Number.POSITIVE_INFINITY })],
  ["an infinite bound", () => ratioToBaseline({ n: 5, mean: 1, variance: 1 }, { n: 5, mean: 1, variance: 1 }, { bound: Number.NaN, level: 0.95 })],
  ["a covariance larger than both variances", () => ratioMetric({ n: 10, x: 0, y: 10, xx: 9, yy: 19, xy: 900 })],
  ["pairs of different length", () => pairSums([1, 2], [1])],
  ["an empty arm", () => cuped(pairSums([], []), pairSums([1, 2], [1, 2]))],
  ["evidence of one value", () => summaryFromMoments({ kind: "moments", n: 1, sum: { high: 0, low: 1 }, squares: { high: 0, low: 1 } })],
])("%s is refused", (_, call) => {
  expect(call).toThrow(invalid);
});

function wide(value: bigint): { readonly high: number; readonly low: number } {
  return { high: Number(value >> 52n), low: Number(value & ((1n << 52n) - 1n)) };
}
