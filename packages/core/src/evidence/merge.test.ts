import fc from "fast-check";
import { expect, test } from "vitest";

import { accumulator } from "./accumulator.ts";
import type { EvidenceCell, MetricKind } from "./evidence.ts";
import { emptyStatistic, gatherEvidence, isEmptyStatistic, mergeEvidence, mergeStatistics } from "./merge.ts";
import type { Paired, Statistic } from "./statistic.ts";
import { wideToBigInt } from "./wide-integer.ts";

const delta = fc.integer({ min: -1000, max: 1000 });
const wide = fc.record({ high: delta, low: fc.integer({ min: 0, max: 2 ** 52 - 1 }) });
const moments = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { maxLength: 8 }).map((values) => folded("moments", values));
const histogram = fc.array(fc.double({ min: 0, max: 1e15, noNaN: true }), { maxLength: 8 }).map((values) => folded("histogram", values));

const KINDS: Readonly<Record<Statistic["kind"], fc.Arbitrary<Statistic>>> = {
  count: delta.map((n) => ({ kind: "count", n })),
  rate: fc.record({ kind: fc.constant("rate" as const), n: delta, hits: delta }),
  moments,
  histogram,
  confusion: fc.record({ kind: fc.constant("confusion" as const), truePositive: delta, falsePositive: delta, falseNegative: delta, trueNegative: delta }),
  ratio: fc.record({ kind: fc.constant("ratio" as const), n: delta, requests: delta, numerator: wide, denominator: wide, numeratorSquares: wide, denominatorSquares: wide, products: wide }),
  paired: fc.array(delta, { minLength: 8, maxLength: 8 }).map((cells) => ({ kind: "paired", cells: cells as unknown as Paired["cells"] })),
};

function folded(kind: MetricKind, values: readonly number[]): Statistic {
  const into = accumulator(kind);
  for (const value of values) into.add(value);
  return into.freeze();
}

test.each(Object.entries(KINDS))("%s merges commutatively and associatively, with an identity (I9)", (kind, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, arbitrary, arbitrary, (a, b, c) => {
      expect(mergeStatistics(a, b)).toEqual(mergeStatistics(b, a));
      expect(mergeStatistics(mergeStatistics(a, b), c)).toEqual(mergeStatistics(a, mergeStatistics(b, c)));
      const empty = emptyStatistic(kind as Statistic["kind"]);
      expect(mergeStatistics(a, empty)).toEqual(a);
      expect(isEmptyStatistic(empty)).toBe(true);
    }),
  );
});

test("a merge of parts is the fold of the whole, to the last bit", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 40 }), fc.nat(40), (values, cut) => {
      for (const kind of ["moments", "histogram"] as const) {
        expect(mergeStatistics(folded(kind, values.slice(cut)), folded(kind, values.slice(0, cut)))).toEqual(folded(kind, values));
      }
    }),
  );
});

test("sums and sums of squares are exact far beyond a double", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e12, max: 1e12 }), { maxLength: 50 }), (thousandths) => {
      const frozen = folded("moments", thousandths.map((value) => value / 1000));
      if (frozen.kind !== "moments") throw new Error("kind");
      // value/1000·1000 may be off by rounding before Math.round, never after it.
      expect(wideToBigInt(frozen.sum)).toBe(thousandths.reduce((sum, value) => sum + BigInt(value), 0n));
      expect(wideToBigInt(frozen.squares)).toBe(thousandths.reduce((sum, value) => sum + BigInt(value) ** 2n, 0n));
      expect(frozen.sum.low).toBeGreaterThanOrEqual(0);
      expect(frozen.squares.low).toBeLessThan(2 ** 52);
    }),
  );
});

test("statistics of two kinds do not merge, nor do sums that no longer fit", () => {
  expect(() => mergeStatistics(emptyStatistic("count"), emptyStatistic("rate"))).toThrow(expect.objectContaining({ code: "internal" }));
  const large: Statistic = { kind: "moments", n: 1, sum: { high: Number.MAX_SAFE_INTEGER, low: 2 ** 52 - 1 }, squares: { high: 0, low: 0 } };
  expect(() => mergeStatistics(large, large)).toThrow(expect.objectContaining({ code: "internal" }));
});

function cell(bucketStart: number, metric: string, n: number): EvidenceCell {
  return { model: "m", epoch: 1, bucketStart, version: "2", slot: "s", mode: "live", metric, statistic: { kind: "count", n } };
}

test("evidence is gathered over time, sorted, with nothing empty in it", () => {
  const gathered = gatherEvidence([cell(0, "b", 2), cell(0, "a", 1), cell(1000, "b", 3), cell(0, "c", 1), cell(1000, "c", -1)]);
  expect(gathered).toEqual([
    { version: "2", slot: "s", mode: "live", metric: "a", statistic: { kind: "count", n: 1 } },
    { version: "2", slot: "s", mode: "live", metric: "b", statistic: { kind: "count", n: 5 } },
  ]);
  expect(mergeEvidence(gathered, gathered).map((item) => item.statistic)).toEqual([
    { kind: "count", n: 2 },
    { kind: "count", n: 10 },
  ]);
});
