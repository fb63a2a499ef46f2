import fc from "fast-check";
import { expect, test } from "vitest";

import { accumulator } from "../evidence/accumulator.ts";
import { bucketOf, upperBound } from "../evidence/histogram.ts";
import type { Histogram } from "../evidence/statistic.ts";
import { binomialCdf } from "./binomial.ts";
import { quantileInterval } from "./quantile-interval.ts";

function histogramOf(values: readonly number[]): Histogram {
  const into = accumulator("histogram");
  for (const value of values) into.add(value);
  return into.freeze() as Histogram;
}

test("the ranks are the innermost whose binomial tails are each at most α/2", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 99 }), fc.constantFrom(0.8, 0.95, 0.999), (n, percent, level) => {
      const q = percent / 100;
      const tail = (1 - level) / 2;
      // One value a bucket: the k-th lies in bucket k, so that ranks can be read from the bounds.
      const interval = quantileInterval(histogramOf(Array.from({ length: n }, (_, i) => upperBound(i + 1))), q, level);
      const below = (l: number): number => (l < 1 ? 0 : binomialCdf(l - 1, n, q));
      const above = (u: number): number => (u > n ? 0 : 1 - binomialCdf(u - 1, n, q));
      if (interval === null) {
        expect(below(1) > tail || above(n) > tail).toBe(true);
        return;
      }
      const lower = (bucketOf(interval.low) as number) + 1;
      const upper = bucketOf(interval.high) as number;
      expect(below(lower)).toBeLessThanOrEqual(tail * (1 + 1e-9));
      expect(below(lower + 1)).toBeGreaterThan(tail * (1 - 1e-9));
      expect(above(upper)).toBeLessThanOrEqual(tail * (1 + 1e-9) + 1e-14);
      expect(above(upper - 1)).toBeGreaterThan(tail * (1 - 1e-9) - 1e-14);
    }),
    { numRuns: 300 },
  );
});

test("the 95th percentile needs 73 values to be bounded at 95 %, the median 6", () => {
  const of = (n: number): Histogram => histogramOf(Array.from({ length: n }, (_, i) => i + 1));
  expect([quantileInterval(of(72), 0.95, 0.95) === null, quantileInterval(of(73), { parts: 95, of: 100 }, 0.95) === null]).toEqual([0.95 ** 72 > 0.025, 0.95 ** 73 > 0.025]);
  expect([quantileInterval(of(5), 0.5, 0.95), quantileInterval(of(6), 0.5, 0.95)?.low]).toEqual([null, upperBound(-1)]);
  expect(quantileInterval(of(0), 0.5, 0.95)).toBeNull();
});

test("at a million values the ranks are found as quickly, and lie where the normal approximation says", () => {
  const even: Histogram = { kind: "histogram", n: 1_000_000, zeros: 0, buckets: Array.from({ length: 1000 }, (_, i) => [i, 1000] as const) };
  const interval = quantileInterval(even, 0.95, 0.95);
  // Ranks 950000 ± 1.96·217.9: buckets 949 and 950.
  expect(interval).toEqual({ low: upperBound(948), high: upperBound(950) });
});

test("zeros are below every bucket", () => {
  const many = histogramOf([...Array.from({ length: 90 }, () => 0), ...Array.from({ length: 10 }, () => 5)]);
  expect(quantileInterval(many, 0.5, 0.95)).toEqual({ low: 0, high: 0 });
});

test.each([0, 1, Number.NaN, -0.5])("a quantile of %d and a level of it are refused", (bad) => {
  const some = histogramOf([1, 2, 3]);
  expect(() => quantileInterval(some, bad, 0.95)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  expect(() => quantileInterval(some, 0.5, bad)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
