import fc from "fast-check";
import { expect, test } from "vitest";

import { accumulator } from "./accumulator.ts";
import { bucketOf, HISTOGRAM_VALUE_MAX, histogramQuantile, upperBound } from "./histogram.ts";
import type { Histogram } from "./statistic.ts";

function histogramOf(values: readonly number[]): Histogram {
  const into = accumulator("histogram");
  for (const value of values) into.add(value);
  return into.freeze() as Histogram;
}

test("a bucket holds what is above the bound before it, up to its own bound", () => {
  for (let index = -999; index <= 1745; index++) {
    const bound = upperBound(index);
    expect(bucketOf(bound)).toBe(index);
    expect(bucketOf(bound * (1 - 2 ** -53))).toBe(index);
    if (index < 1745) expect(bucketOf(bound * (1 + 2 ** -52))).toBe(index + 1);
  }
});

test("the bounds are the same double on every machine", () => {
  // Repeated IEEE multiplication, computed with Python.
  expect([upperBound(-1000), upperBound(-1), upperBound(1), upperBound(2), upperBound(100), upperBound(1745)]).toEqual([2.510893185816506e-9, 0.9803921568627451, 1.02, 1.0404, 7.244646118252347, 1016950290109003.4]);
});

test("zeros and the smallest values are counted apart", () => {
  expect([bucketOf(0), bucketOf(1e-300), bucketOf(upperBound(-1000)), bucketOf(1)]).toEqual([null, null, null, 0]);
  expect(bucketOf(HISTOGRAM_VALUE_MAX)).toBe(1745);
  expect(() => upperBound(1746)).toThrow(/no bucket 1746/);
});

test("a quantile is the upper bound of the bucket of rank ceil(q·n): at most 2 % above the value itself", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 99 }), (values, percent) => {
      const quantile = histogramQuantile(histogramOf(values), { parts: percent, of: 100 });
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil((percent * values.length) / 100) - 1] as number;
      expect(quantile).toBeGreaterThanOrEqual(exact);
      expect(quantile).toBeLessThanOrEqual(exact * 1.0200001);
      expect(histogramQuantile(histogramOf(values), percent / 100)).toBe(quantile);
    }),
  );
});

test("quantiles of nothing and of zeros", () => {
  expect(() => histogramQuantile(histogramOf([]), 0.5)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  expect(histogramQuantile(histogramOf([0, 0, 5]), 0.5)).toBe(0);
  expect(histogramQuantile(histogramOf([0, 0, 5]), { parts: 95, of: 100 })).toBe(upperBound(82));
});
