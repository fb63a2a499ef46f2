import { histogramQuantile, type Histogram } from "@gauntlet/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import { isBound, logBuckets } from "./log-buckets.ts";

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

test("of coarse buckets, how many values lie up to a bound is exactly what was counted, in the metric's unit", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { minLength: BOUNDS.length + 1, maxLength: BOUNDS.length + 1 }), fc.integer({ min: 1, max: 99 }), (counts, percent) => {
      const keyed = Object.fromEntries([...BOUNDS, Number.POSITIVE_INFINITY].map((bound, index) => [String(bound), counts[index] ?? 0]));
      const histogram = logBuckets(keyed, { fine: false, scale: 1000 });
      const n = counts.reduce((sum, count) => sum + count, 0);
      expect(histogram.n).toBe(n);
      if (n === 0) return;
      for (const [index, bound] of BOUNDS.entries()) {
        const upTo = counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0);
        const rank = Math.ceil((percent * n) / 100);
        expect(histogramQuantile(histogram, { parts: percent, of: 100 }) <= bound * 1000).toBe(upTo >= rank);
      }
    }),
  );
});

test("of fine buckets, a quantile is never below the true one and at most 5 % above it", () => {
  const bound = (index: number): number => 2 ** (index / 32);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }), (values) => {
      const counts: Record<string, number> = {};
      for (const value of values) {
        let index = Math.floor(Math.log2(value) * 32);
        while (bound(index) < value) index++;
        counts[String(bound(index))] = (counts[String(bound(index))] ?? 0) + 1;
      }
      const median = values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] as number;
      const found = histogramQuantile(logBuckets(counts, { fine: true, scale: 1 }), 0.5);
      expect(found).toBeGreaterThanOrEqual(median);
      expect(found).toBeLessThanOrEqual(median * 1.05);
    }),
  );
});

test("zeros, the last bucket, and bounds that a product put a bit off", () => {
  const histogram: Histogram = logBuckets({ "0": 3, Infinity: 2 }, { fine: false, scale: 1 });
  expect([histogram.n, histogram.zeros, histogram.buckets]).toEqual([5, 3, [[1745, 2]]]);
  expect(isBound(70, [0.07 * 1000])).toBe(true);
  expect(isBound(71, [70])).toBe(false);
});
