import fc from "fast-check";
import { expect, test } from "vitest";

import { allocate } from "./allocate.ts";
import { BUCKETS } from "./allocation.ts";
import { bucketOf } from "./bucket-of.ts";
import { armOf, compileRoutes } from "./route.ts";

const split = allocate({
  model: "mail",
  epoch: 1,
  seed: "mail-1",
  shares: [
    { slot: "champion", version: "1", basisPoints: 8000 },
    { slot: "challenger", version: "2", basisPoints: 2000 },
  ],
  shadow: true,
});

test("the bucket is the hash scaled to the bucket space", () => {
  expect(bucketOf("checkout-ranker", "user-1")).toBe(Math.floor((861600518 * BUCKETS) / 2 ** 32));
  expect(bucketOf("checkout-ranker", "日本")).toBe(Math.floor((1874073806 * BUCKETS) / 2 ** 32));
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (unit) => {
      const bucket = bucketOf("s", unit);
      expect(Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS).toBe(true);
    }),
  );
});

test("a seed with a colon and an empty unit are refused", () => {
  expect(() => bucketOf("a:b", "u")).toThrow(/holds a ":"/);
  expect(() => bucketOf("a", "")).toThrow(/unit is empty/);
  expect(() => compileRoutes(split)("")).toThrow(/unit is empty/);
});

test("compiled routes agree with the plain search, and a unit keeps its arm", () => {
  const routes = compileRoutes(split);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (unit) => {
      expect(routes(unit)).toBe(armOf(split, unit));
      expect(routes(unit)).toBe(routes(unit));
    }),
  );
});

test("20,000 users split as the shares say", () => {
  const routes = compileRoutes(split);
  let challenger = 0;
  for (let user = 0; user < 20_000; user++) if (routes(`user-${user}`).slot === "challenger") challenger += 1;
  // 4,000 expected; the standard deviation is 57.
  expect(Math.abs(challenger - 4000)).toBeLessThan(4 * 57);
});

test("an allocation with a hole is not compiled", () => {
  const [first] = split.arms;
  expect(() => compileRoutes({ ...split, arms: first === undefined ? [] : [first] })).toThrow(/nobody owns the buckets \[80000, 100000\)/);
});
