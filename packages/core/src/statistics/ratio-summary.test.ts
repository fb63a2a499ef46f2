import fc from "fast-check";
import { expect, test } from "vitest";

import type { Ratio, WideInteger } from "../evidence/statistic.ts";
import { WIDE_UNIT } from "../evidence/wide-integer.ts";
import { pairSums, ratioMetric } from "./ratio-metric.ts";
import { summaryFromRatio } from "./ratio-summary.ts";

function wide(value: bigint): WideInteger {
  const unit = BigInt(WIDE_UNIT);
  return { high: Number(value / unit), low: Number(value % unit) };
}

/** The evidence of units with these sums, in thousandths. */
function ratioOf(units: readonly (readonly [number, number])[]): Ratio {
  const sum = (of: (x: bigint, y: bigint) => bigint) => wide(units.reduce((total, [x, y]) => total + of(BigInt(x), BigInt(y)), 0n));
  return {
    kind: "ratio",
    n: units.length,
    requests: units.length,
    numerator: sum((x) => x),
    denominator: sum((_, y) => y),
    numeratorSquares: sum((x) => x * x),
    denominatorSquares: sum((_, y) => y * y),
    products: sum((x, y) => x * y),
  };
}

test("three units by hand: 2/4, 1/1 and 3/5", () => {
  const summary = summaryFromRatio(ratioOf([[2000, 4000], [1000, 1000], [3000, 5000]]));
  // R = 0.6; the residuals −0.4, 0.4 and 0; SE² = 3/2·0.32/100.
  expect(summary?.mean).toBe(0.6);
  expect((summary?.variance ?? 0) / 3).toBeCloseTo(0.0048, 12);
});

test("it is the delta method of the doubles, whatever the units", () => {
  const unit = fc.tuple(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 1, max: 50_000 }));
  fc.assert(
    fc.property(fc.array(unit, { minLength: 2, maxLength: 40 }), (units) => {
      const exact = summaryFromRatio(ratioOf(units));
      const doubles = ratioMetric(pairSums(units.map(([x]) => x / 1000), units.map(([, y]) => y / 1000)));
      expect(exact?.mean).toBeCloseTo(doubles?.mean ?? Number.NaN, 9);
      expect(exact?.variance).toBeCloseTo(doubles?.variance ?? Number.NaN, 6);
    }),
    { numRuns: 50 },
  );
});

test("one unit, and a denominator of 0, say nothing", () => {
  expect(summaryFromRatio(ratioOf([[1000, 1000]]))).toBe(null);
  expect(summaryFromRatio(ratioOf([[1000, 0], [2000, 0]]))).toBe(null);
});

test("units that agree have no variance, and sums beyond 2^53 keep their digits", () => {
  expect(summaryFromRatio(ratioOf([[1000, 2000], [3000, 6000]]))).toEqual({ n: 2, mean: 0.5, variance: 0 });
  const large = ratioOf(Array.from({ length: 50 }, (_, i) => [1_000_000_000_000 + i, 1_000_000_000_000] as const));
  const error = Math.sqrt((summaryFromRatio(large)?.variance ?? 0) / 50);
  expect(error).toBeCloseTo(2.0615528e-12, 18);
});
