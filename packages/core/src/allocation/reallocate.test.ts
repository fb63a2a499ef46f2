import fc from "fast-check";
import { expect, test } from "vitest";

import { allocate } from "./allocate.ts";
import { BUCKETS } from "./allocation.ts";
import type { Allocation } from "./allocation.ts";
import { checkAllocation } from "./check-allocation.ts";
import { movedUnits } from "./moved-units.ts";
import { reallocate } from "./reallocate.ts";
import type { Share } from "./share.ts";
import { sharesOf } from "./shares-of.ts";

const shares = (champion: number, challenger: number): Share[] => [
  { slot: "champion", version: "1", basisPoints: champion },
  { slot: "challenger", version: "2", basisPoints: challenger },
];
const start = (list: readonly Share[], shadow = false): Allocation => allocate({ model: "mail", epoch: 1, seed: "s", shares: list, shadow });

/** Shares of some of seven versions, each with a slot of its own, in any order, that sum to 10,000. */
const anyShares = fc
  .record({ versions: fc.shuffledSubarray(["1", "2", "3", "4", "5", "6", "7"], { minLength: 1 }), cuts: fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 6, maxLength: 6 }) })
  .map(({ versions, cuts }) => {
    const inner = cuts.slice(0, versions.length - 1).toSorted((a, b) => a - b);
    const edges = [0, ...inner, 10_000];
    return versions.map((version, index) => ({ slot: `slot-${version}`, version, basisPoints: (edges[index + 1] ?? 0) - (edges[index] ?? 0) }));
  });

test("the first allocation is contiguous, in the order of the shares", () => {
  expect(start(shares(8000, 2000)).arms).toEqual([
    { slot: "champion", version: "1", ranges: [{ from: 0, to: 80_000 }] },
    { slot: "challenger", version: "2", ranges: [{ from: 80_000, to: 100_000 }] },
  ]);
});

test("a donor gives its highest buckets", () => {
  const next = reallocate(start(shares(8000, 2000)), shares(5000, 5000), 2);
  expect(next.arms).toEqual([
    { slot: "champion", version: "1", ranges: [{ from: 0, to: 50_000 }] },
    { slot: "challenger", version: "2", ranges: [{ from: 50_000, to: 100_000 }] },
  ]);
  const back = reallocate(next, shares(9000, 1000), 3);
  expect(back.arms[1]?.ranges).toEqual([{ from: 50_000, to: 60_000 }]);
  expect(back.arms[0]?.ranges).toEqual([
    { from: 0, to: 50_000 },
    { from: 60_000, to: 100_000 },
  ]);
});

test("a challenger that becomes champion keeps its units", () => {
  const before = start(shares(8000, 2000));
  const after = reallocate(before, [{ slot: "champion", version: "2", basisPoints: 10_000 }], 2);
  expect(after.arms).toEqual([{ slot: "champion", version: "2", ranges: [{ from: 0, to: BUCKETS }] }]);
  expect(movedUnits(before, after)).toBe(0.8);
  const swapped = reallocate(
    before,
    [
      { slot: "champion", version: "2", basisPoints: 8000 },
      { slot: "challenger", version: "1", basisPoints: 2000 },
    ],
    2,
  );
  expect(movedUnits(before, swapped)).toBe(0.6);
});

test("I3: through any chain of changes the ranges partition the space, shares are exact, and the fewest buckets move", () => {
  fc.assert(
    fc.property(anyShares, fc.array(anyShares, { minLength: 1, maxLength: 6 }), fc.boolean(), (first, changes, shadow) => {
      let current = start(first, shadow);
      for (const [index, change] of changes.entries()) {
        const next = reallocate(current, change, index + 2);
        expect(checkAllocation(next)).toEqual([]);
        const kept = shadow ? change : change.filter((share) => share.basisPoints > 0);
        expect(sharesOf(next)).toEqual(Object.fromEntries(kept.map((share) => [share.slot, share.basisPoints])));
        const before = sharesOf(current);
        const growth = change.reduce((sum, share) => sum + Math.max(0, share.basisPoints - (before[share.slot] ?? 0)), 0);
        expect(movedUnits(current, next)).toBe((growth * 10) / BUCKETS);
        for (const arm of next.arms) {
          for (const [position, range] of arm.ranges.entries()) expect(range.from).toBeGreaterThan(arm.ranges[position - 1]?.to ?? -1);
        }
        current = next;
      }
    }),
    { numRuns: 300 },
  );
});

test("with a new seed the moved units are what is to be expected", () => {
  const before = start([{ slot: "champion", version: "1", basisPoints: 10_000 }]);
  const after = { ...start(shares(8000, 2000)), seed: "t" };
  expect(movedUnits(before, after)).toBeCloseTo(0.2, 12);
  expect(movedUnits(before, { ...before, seed: "t" })).toBe(0);
});

test("a slot without a share is an arm only under a shadow", () => {
  expect(start(shares(10_000, 0)).arms.map((arm) => arm.slot)).toEqual(["champion"]);
  expect(start(shares(10_000, 0), true).arms).toEqual([
    { slot: "champion", version: "1", ranges: [{ from: 0, to: BUCKETS }] },
    { slot: "challenger", version: "2", ranges: [] },
  ]);
});

test.each([
  ["do not sum", shares(8000, 1999), /sum to 9999 basis points/],
  ["are negative", shares(10_001, -1), /has -1 basis points/],
  ["are not whole", shares(0.5, 9999.5), /has 0.5 basis points/],
  ["are not numbers", shares(Number.NaN, 10_000), /has NaN basis points/],
  ["name a slot twice", [...shares(5000, 0), { slot: "champion", version: "3", basisPoints: 5000 }], /"champion" is there twice/],
])("shares that %s are refused", (_, list, message) => {
  expect(() => start(list)).toThrow(message);
  expect(() => reallocate(start(shares(8000, 2000)), list, 2)).toThrow(message);
});

test("an epoch is used once", () => {
  const current = start(shares(8000, 2000));
  expect(() => reallocate(current, shares(5000, 5000), 1)).toThrow(expect.objectContaining({ code: "stale_epoch" }));
  expect(() => reallocate(current, shares(5000, 5000), Number.NaN)).toThrow(expect.objectContaining({ code: "stale_epoch" }));
});

test.each([
  ["an overlap", { arms: [{ slot: "a", version: "1", ranges: [{ from: 0, to: BUCKETS }] }, { slot: "b", version: "2", ranges: [{ from: 10, to: 20 }] }] }, "/arms/1/ranges"],
  ["a gap", { arms: [{ slot: "a", version: "1", ranges: [{ from: 10, to: BUCKETS }] }] }, "/arms"],
  ["a half bucket", { arms: [{ slot: "a", version: "1", ranges: [{ from: 0, to: 0.5 }, { from: 0.5, to: BUCKETS }] }] }, "/arms/0/ranges/0"],
  ["a part of a basis point", { arms: [{ slot: "a", version: "1", ranges: [{ from: 0, to: 5 }] }, { slot: "b", version: "2", ranges: [{ from: 5, to: BUCKETS }] }] }, "/arms/0/ranges"],
  ["a slot that is there twice", { arms: [{ slot: "a", version: "1", ranges: [{ from: 0, to: BUCKETS }] }, { slot: "a", version: "2", ranges: [] }] }, "/arms/1/slot"],
  ["a colon in the seed", { seed: "a:b" }, "/seed"],
  ["an empty seed", { seed: "" }, "/seed"],
  ["no arm", { arms: [] }, "/arms"],
  ["a broken epoch", { epoch: -1 }, "/epoch"],
])("%s is found", (_, change, pointer) => {
  const problems = checkAllocation({ ...start(shares(8000, 2000)), ...change });
  expect(problems.map((problem) => problem.pointer)).toContain(pointer);
});
