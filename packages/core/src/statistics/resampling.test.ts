import fc from "fast-check";
import { expect, test } from "vitest";

import { accumulator } from "../evidence/accumulator.ts";
import { histogramQuantile, upperBound } from "../evidence/histogram.ts";
import type { Histogram } from "../evidence/statistic.ts";
import { pairedBootstrap } from "./bootstrap.ts";
import { compareQuantiles } from "./quantile-ratio.ts";

const invalid = expect.objectContaining({ code: "invalid_input" });

function histogramOf(values: readonly number[]): Histogram {
  const into = accumulator("histogram");
  for (const value of values) into.add(value);
  return into.freeze() as Histogram;
}

/** A weak but sufficient stream for tests. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const meanOf = (values: readonly number[]) => (drawn: Float64Array): number => values.reduce((sum, value, i) => sum + value * (drawn[i] as number), 0) / values.length;

test("the bootstrap of a mean is what the central limit says, and the same seed gives the same interval", () => {
  const values = Array.from({ length: 200 }, (_, i) => Math.sin(i * 78.233) * 10);
  const plan = { resamples: 2000, level: 0.95 };
  const found = pairedBootstrap(200, meanOf(values), { ...plan, random: stream(1) });
  const mean = values.reduce((a, b) => a + b, 0) / 200;
  const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 200 / 200);
  expect(found?.estimate).toBeCloseTo(mean, 12);
  expect(Math.abs((found?.standardError as number) / error - 1)).toBeLessThan(0.06);
  expect(Math.abs((found?.interval?.low as number) - (mean - 1.96 * error))).toBeLessThan(0.2 * error);
  expect(Math.abs((found?.interval?.high as number) - (mean + 1.96 * error))).toBeLessThan(0.2 * error);
  expect(pairedBootstrap(200, meanOf(values), { ...plan, random: stream(1) })).toEqual(found);
  expect(pairedBootstrap(200, meanOf(values), { ...plan, random: stream(2) })).not.toEqual(found);
});

test("no variance is no certainty, and a figure without a value is said to be one", () => {
  const plan = { resamples: 500, level: 0.9, random: stream(3) };
  expect(pairedBootstrap(5, meanOf([2, 2, 2, 2, 2]), plan)).toMatchObject({ estimate: 2, interval: null, standardError: 0 });
  expect(pairedBootstrap(5, () => null, plan)).toBeNull();
  const denominators = [1, 0, 0, 0, 0];
  const ratio = (drawn: Float64Array): number | null => (meanOf(denominators)(drawn) === 0 ? null : 1);
  const rare = pairedBootstrap(5, ratio, plan);
  expect(rare?.undefinedResamples).toBeGreaterThan(100);
  for (const bad of [{ ...plan, resamples: 3 }, { ...plan, level: 1 }, { ...plan, resamples: 100.5 }]) expect(() => pairedBootstrap(5, () => 1, bad)).toThrow(invalid);
  expect(() => pairedBootstrap(1, () => 1, plan)).toThrow(invalid);
});

test("a ratio of quantiles is a shift of buckets, and its interval holds the true one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 800 }), fc.integer({ min: 200, max: 800 }), fc.integer({ min: -60, max: 60 }), (n, m, shift) => {
      const spread = (size: number, by: number): Histogram => histogramOf(Array.from({ length: size }, (_, i) => upperBound(by + Math.floor((200 * i) / size))));
      const candidate = spread(n, shift);
      const baseline = spread(m, 0);
      const found = compareQuantiles(candidate, baseline, { q: 0.9, level: 0.95 });
      expect(found?.candidate).toBe(histogramQuantile(candidate, 0.9));
      expect(found?.shift).toBeGreaterThanOrEqual(shift - 1);
      expect(found?.shift).toBeLessThanOrEqual(shift + 1);
      const truth = upperBound(shift);
      expect((found?.ratioInterval?.low as number) <= truth && truth <= (found?.ratioInterval?.high as number)).toBe(true);
      expect((found?.differenceInterval.low as number) <= (found?.candidate as number) - (found?.baseline as number)).toBe(true);
      if ((found?.shift as number) >= 1) expect(found?.ratio).toBe(upperBound((found?.shift as number) - 1));
    }),
    { numRuns: 60 },
  );
});

test("equal samples: ratio 1; small ones: null; zeros: no ratio", () => {
  const some = histogramOf(Array.from({ length: 300 }, (_, i) => i + 1));
  const same = compareQuantiles(some, some, { q: 0.5, level: 0.95 });
  expect(same).toMatchObject({ shift: 0, ratio: 1 });
  expect((same?.ratioInterval?.low as number) < 1 && (same?.ratioInterval?.high as number) > 1).toBe(true);
  const of = (n: number): Histogram => histogramOf(Array.from({ length: n }, (_, i) => i + 1));
  // 0.95^n ≤ 1.25 % from 86 values on.
  expect([compareQuantiles(of(85), some, { q: 0.95, level: 0.95 }), compareQuantiles(of(86), some, { q: 0.95, level: 0.95 }) === null]).toEqual([null, false]);
  const idle = histogramOf(Array.from({ length: 300 }, () => 0));
  expect(compareQuantiles(some, idle, { q: 0.5, level: 0.95 })).toMatchObject({ baseline: 0, shift: null, ratio: null, ratioInterval: null });
  expect(() => compareQuantiles(some, some, { q: 0.5, level: 95 })).toThrow(invalid);
  expect(() => compareQuantiles(some, some, { q: 1, level: 0.95 })).toThrow(invalid);
});
