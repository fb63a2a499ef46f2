import { createHash } from "node:crypto";

import fc from "fast-check";
import { expect, test } from "vitest";

import { allocate } from "./allocate.ts";
import { bucketOf } from "./bucket-of.ts";
import { checkAllocation } from "./check-allocation.ts";
import { movedUnits } from "./moved-units.ts";
import { reallocate } from "./reallocate.ts";
import { armOf, compileRoutes } from "./route.ts";
import { sharesOf } from "./shares-of.ts";

// Any but half surrogates. fast-check's own "binary" takes seconds to be made.
const character = fc.nat(0x10f7ff).map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800));
const EXPERIMENT = "550e8400-e29b-41d4-a716-446655440000";

const halves = allocate({
  model: "plan_exp",
  epoch: 1,
  seed: EXPERIMENT,
  hash: "sha256",
  shares: [
    { slot: "control", version: "1", basisPoints: 5000 },
    { slot: "B", version: "2", basisPoints: 5000 },
  ],
  shadow: false,
});

test.each([
  ["user-123", 6467],
  ["user-456", 1907],
  ["user-789", 1504],
  ["household-456", 8043],
  ["user-42", 4540],
  ["user-1", 7155],
])("%s is in the basis point that the planner's own service gives it", (unit, basisPoint) => {
  expect(bucketOf(EXPERIMENT, unit, "sha256")).toBe(basisPoint * 10);
});

test("of user-0 … user-99999, 89,915 fall below 90 %", () => {
  let below = 0;
  for (let user = 0; user < 100_000; user++) if (bucketOf(EXPERIMENT, `user-${user}`, "sha256") < 90_000) below += 1;
  expect(below).toBe(89_915);
});

test("it is the platform's SHA-256, its first 8 bytes as a whole number mod 10,000, for any unit", () => {
  fc.assert(
    fc.property(fc.string({ unit: character, minLength: 1, maxLength: 80 }), (unit) => {
      const bytes = createHash("sha256").update(`${EXPERIMENT}:${unit}`, "utf8").digest();
      expect(bucketOf(EXPERIMENT, unit, "sha256")).toBe(Number(bytes.readBigUInt64BE() % 10_000n) * 10);
    }),
  );
});

test("I16: user-42 goes to the candidate and not to the other arm: each donor gives its highest buckets, nobody else moves", () => {
  const shares = (control: number, b: number, candidate: number) => [
    { slot: "control", version: "1", basisPoints: control },
    { slot: "B", version: "2", basisPoints: b },
    { slot: "candidate_v7", version: "3", basisPoints: candidate },
  ];
  const tenth = reallocate(halves, shares(4500, 4500, 1000), 2);
  expect([armOf(halves, "user-42").slot, armOf(tenth, "user-42").slot]).toEqual(["control", "candidate_v7"]);
  expect(tenth.arms.at(-1)?.ranges).toEqual([{ from: 45_000, to: 50_000 }, { from: 95_000, to: 100_000 }]);
  expect(movedUnits(halves, tenth)).toBe(0.1);
  const quarter = reallocate(tenth, shares(3750, 3750, 2500), 3);
  expect(quarter.arms.at(-1)?.ranges).toEqual([{ from: 37_500, to: 50_000 }, { from: 87_500, to: 100_000 }]);
  expect([quarter.hash, quarter.seed]).toEqual(["sha256", EXPERIMENT]);
  const back = reallocate(quarter, [{ slot: "control", version: "1", basisPoints: 5000 }, { slot: "B", version: "2", basisPoints: 5000 }], 4);
  expect(back.arms).toEqual(halves.arms);
  expect(sharesOf(back)).toEqual({ control: 5000, B: 5000 });
});

test("compiled routes agree with the plain search", () => {
  const routes = compileRoutes(halves);
  for (let user = 0; user < 1000; user++) expect(routes(`user-${user}`)).toBe(armOf(halves, `user-${user}`));
});

test("a range that cuts a basis point, an unknown hash and a lone surrogate are refused", () => {
  const [control, b] = halves.arms;
  const cut = { ...halves, arms: [{ ...control, ranges: [{ from: 0, to: 5 }, { from: 15, to: 50_010 }] }, { ...b, ranges: [{ from: 5, to: 15 }, { from: 50_010, to: 100_000 }] }] };
  expect(checkAllocation(cut as typeof halves).map(({ pointer }) => pointer)).toEqual(["/arms/0/ranges/0", "/arms/0/ranges/1", "/arms/1/ranges/0"]);
  expect(checkAllocation({ ...halves, hash: "md5" as never })).toEqual([{ pointer: "/hash", detail: expect.stringContaining('"md5" is not known') }]);
  expect(() => bucketOf(EXPERIMENT, "\ud800", "sha256")).toThrow(/lone surrogate/);
});

test("without a hash the bytes of an allocation are what they were", () => {
  const { hash: _, ...plain } = halves;
  const murmur = allocate({ model: "plan_exp", epoch: 1, seed: EXPERIMENT, shares: [{ slot: "a", version: "1", basisPoints: 10_000 }], shadow: false });
  expect(Object.keys(murmur)).toEqual(["model", "epoch", "seed", "arms", "shadow"]);
  expect(movedUnits(plain, halves)).toBe(0.5);
});
