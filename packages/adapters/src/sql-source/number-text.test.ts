import { wideToBigInt } from "@gauntlet/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import { wideOf } from "../source/wide-of.ts";
import { instantOf, scaledOf, wholeOf } from "./number-text.ts";

test("counts are whole", () => {
  expect(["12", "12.0", "12.000", "0"].map(wholeOf)).toEqual([12, 12, 12, 0]);
  expect(["", "-1", "1.5", "1e3", "NaN", "Infinity", " 1", "1,000"].map(wholeOf)).toEqual(Array.from({ length: 8 }, () => null));
});

test("decimals are scaled exactly, and rounded half away from zero", () => {
  expect(["1.2345", "-1.2345", "0.0005", "-0.0005", "1e3", "1.5E-2", ".5", "7."].map((text) => scaledOf(text, 3))).toEqual([1235n, -1235n, 1n, -1n, 1_000_000n, 15n, 500n, 7000n]);
  expect(scaledOf("123456789012345678901234.567", 3)).toBe(123_456_789_012_345_678_901_234_567n);
  expect(["", ".", "-", "NaN", "Infinity", "0x10", "1e", "1e9999"].map((text) => scaledOf(text, 3))).toEqual(Array.from({ length: 8 }, () => null));
});

test("what can be held is held to the last bit", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 104n), max: 2n ** 104n }), (value) => wideToBigInt(wideOf(value) ?? { high: 0, low: -1 }) === value));
  expect(wideOf(2n ** 106n)).toBeNull();
});

test("instants are those of UTC where no zone is named", () => {
  const noon = Date.UTC(2026, 0, 2, 12);
  expect([String(noon), "2026-01-02 12:00:00", "2026-01-02 12:00:00+00", "2026-01-02T12:00:00.000Z", "2026-01-02 14:30:00.000000+02:30", "2026-01-02 10:00:00-0200"].map(instantOf)).toEqual(Array.from({ length: 6 }, () => noon));
  expect(instantOf("2026-01-02")).toBe(Date.UTC(2026, 0, 2));
  expect(["", "yesterday", "2026-13-01", "12:00", "-5"].map(instantOf)).toEqual(Array.from({ length: 5 }, () => null));
});
