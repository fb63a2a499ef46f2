import fc from "fast-check";
import { expect, test } from "vitest";

import { histogramBucketOf } from "../index.ts";
import type { Histogram } from "../evidence/statistic.ts";
import { pairedRecallRatio } from "../statistics/paired-ratio.ts";
import { quantileInterval } from "../statistics/quantile-interval.ts";
import { precisionSequence, quantileSequence, rateDifferenceSequence, recallDifferenceSequence, recallRatioSequence } from "./sequences.ts";

const rule = { alpha: 0.05, tunedAt: 1000 };
// With fewer, the asymptotic interval of one look may be wider than the exact one of all.
const count = fc.integer({ min: 5, max: 400 });
const anyCells = fc.tuple(count, count, count, count, count, count, count, count);

test("an interval that holds at all looks holds the estimate, and is wider than one that holds at one look", () => {
  fc.assert(
    fc.property(anyCells, (cells) => {
      const recall = pairedRecallRatio(cells);
      const watched = recallRatioSequence(cells, rule);
      const fixed = recall.interval(0.95)!;
      expect(watched.low).toBeLessThan(recall.ratio!);
      expect(watched.high).toBeGreaterThan(recall.ratio!);
      expect(watched.high / watched.low).toBeGreaterThan(fixed.high / fixed.low);
      const difference = recallDifferenceSequence(cells, rule);
      const estimate = (recall.onlyChallenger - recall.onlyChampion) / recall.positives;
      expect(difference.low).toBeLessThan(estimate);
      expect(difference.high).toBeGreaterThan(estimate);
    }),
    { numRuns: 100 },
  );
});

test("champion and challenger exchanged give the mirrored interval", () => {
  fc.assert(
    fc.property(anyCells, (cells) => {
      const exchanged = [cells[0], cells[2], cells[1], cells[3], cells[4], cells[6], cells[5], cells[7]];
      const one = recallRatioSequence(cells, rule);
      const other = recallRatioSequence(exchanged, rule);
      expect(one.low * other.high).toBeCloseTo(1, 6);
      expect(one.high * other.low).toBeCloseTo(1, 6);
    }),
    { numRuns: 50 },
  );
});

test("quantiles: around the value, wider than the fixed interval, open where the data end", () => {
  const histogram: Histogram = { kind: "histogram", n: 2000, zeros: 0, buckets: Array.from({ length: 100 }, (_, index) => [histogramBucketOf(index + 1)!, 20] as const).toSorted((a, b) => a[0] - b[0]) };
  const merged: Histogram = { ...histogram, buckets: [...new Map(histogram.buckets.map(([index]) => [index, histogram.buckets.filter(([other]) => other === index).length * 20]))] };
  const watched = quantileSequence(merged, 0.9, rule);
  const fixed = quantileInterval(merged, 0.9, 0.95)!;
  expect(watched.low).toBeLessThanOrEqual(fixed.low);
  expect(watched.high).toBeGreaterThanOrEqual(fixed.high);
  expect(watched.low).toBeGreaterThan(80);
  expect(watched.high).toBeLessThan(97);
  expect(quantileSequence({ ...merged, n: 20, buckets: [merged.buckets[0]!] }, 0.99, rule).high).toBeNull();
});

test("rates of different requests, and precisions with too few alarms", () => {
  const apart = rateDifferenceSequence({ hits: 10, n: 5000 }, { hits: 300, n: 5000 }, rule);
  expect(apart.low).toBeGreaterThan(0.03);
  expect(rateDifferenceSequence({ hits: 0, n: 0 }, { hits: 1, n: 2 }, rule)).toEqual({ low: expect.closeTo(-1, 0), high: 1 });
  const few = precisionSequence([900, 3, 2, 5, 4, 6, 3, 20], rule);
  expect(few!.high - few!.low).toBeGreaterThan(1);
  const never = precisionSequence([9000, 0, 0, 0, 4, 600, 300, 2000], rule);
  expect(never!.low).toBeGreaterThan(-0.02);
  expect(never!.high).toBeGreaterThan(0);
  expect(precisionSequence([900, 0, 0, 0, 4, 0, 0, 0], rule)).toBeNull();
});
