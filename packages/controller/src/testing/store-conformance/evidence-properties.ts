import { mergeStatistics } from "@gauntlet/core";
import type { EvidenceCell, Statistic } from "@gauntlet/core";
import fc from "fast-check";
import { expect } from "vitest";
import { compareCells } from "../../store-rules/order.ts";
import type { StoreCheck } from "./harness.ts";
import { batch, cell, MODEL, writes } from "./sample.ts";

const integer = fc.integer({ min: 1, max: 1_000_000 });
const wide = fc.record({ high: fc.integer({ min: 0, max: 1_000_000 }), low: fc.integer({ min: 0, max: 2 ** 52 - 1 }) });
const statistics: Readonly<Record<Statistic["kind"], fc.Arbitrary<Statistic>>> = {
  count: integer.map((n) => ({ kind: "count", n })),
  rate: fc.tuple(integer, integer).map(([n, hits]) => ({ kind: "rate", n: n + hits, hits })),
  moments: fc.tuple(integer, fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: 0, max: 2 ** 52 - 1 })).map(([n, high, low]) => ({
    kind: "moments",
    n,
    sum: { high, low },
    squares: { high: Math.abs(high), low },
  })),
  histogram: fc.uniqueArray(fc.tuple(fc.integer({ min: -900, max: 900 }), integer), { selector: ([index]) => index, maxLength: 12 }).map((buckets) => ({
    kind: "histogram",
    n: buckets.reduce((sum, [, n]) => sum + n, 1),
    zeros: 1,
    buckets: buckets.toSorted(([a], [b]) => a - b),
  })),
  confusion: fc.tuple(integer, integer, integer, integer).map(([truePositive, falsePositive, falseNegative, trueNegative]) => ({ kind: "confusion", truePositive, falsePositive, falseNegative, trueNegative })),
  ratio: fc
    .record({ n: integer, requests: integer, numerator: wide, denominator: wide, numeratorSquares: wide, denominatorSquares: wide, products: wide })
    .map((sums) => ({ kind: "ratio", ...sums })),
  paired: fc.tuple(integer, integer, integer, integer, integer, integer, integer, integer).map((cells) => ({ kind: "paired", cells })),
};
const deltas = fc
  .tuple(fc.constantFrom(...(Object.keys(statistics) as Statistic["kind"][])), fc.constantFrom(0, 60_000), fc.constantFrom("1", "2"))
  .chain(([kind, bucketStart, version]) => statistics[kind].map((statistic) => cell({ metric: kind, bucketStart, version, statistic })));
/** Batches, and the order in which they are sent: each at least once, some again. */
const sendings = fc.array(fc.array(deltas, { maxLength: 5 }), { minLength: 1, maxLength: 6 }).chain((batches) =>
  fc.array(fc.nat(batches.length - 1), { maxLength: 6 }).chain((repeats) => fc.shuffledSubarray([...batches.keys(), ...repeats], { minLength: batches.length + repeats.length }).map((order) => ({ batches, order }))),
);

/** The cells that the batches make, each counted once. */
function sumOf(model: string, batches: readonly (readonly EvidenceCell[])[]): EvidenceCell[] {
  const sums = new Map<string, EvidenceCell>();
  for (const delta of batches.flat()) {
    const key = `${delta.bucketStart} ${delta.metric} ${delta.version}`;
    const before = sums.get(key);
    sums.set(key, { ...delta, model, statistic: before === undefined ? delta.statistic : mergeStatistics(before.statistic, delta.statistic) });
  }
  return [...sums.values()].toSorted(compareCells);
}

export const evidencePropertyChecks: Readonly<Record<string, StoreCheck>> = {
  "any order and any repetition of batches gives the same cells (I5, I9)": async ({ store }) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(sendings, fc.boolean(), async ({ batches, order }, together) => {
        run += 1;
        const model = `${MODEL} ${run}`;
        const send = (index: number) =>
          store.evidence.fold({ ...batch(`b${index}`), model }, () => writes({ cells: (batches[index] ?? []).map((delta) => ({ ...delta, model })), answer: index }));
        const receipts = [];
        if (together) receipts.push(...(await Promise.all(order.map(send))));
        else for (const index of order) receipts.push(await send(index));
        expect(receipts.map(({ answer }) => answer)).toEqual(order);
        expect(receipts.filter(({ folded }) => folded)).toHaveLength(batches.length);
        expect(await store.evidence.cells({ model, epoch: 1, from: 0, to: 120_000 })).toEqual(sumOf(model, batches));
      }),
      { numRuns: 40 },
    );
  },
};
