import fc from "fast-check";
import { expect, test } from "vitest";

import { compareRatio, parseRational, rational, toNumber } from "./rational.ts";

test("a rise from .80 to .84 is exactly 5 %, which floats deny", () => {
  expect(0.84 / 0.8 - 1).toBe(0.04999999999999982);
  // 84/100 ≥ 1.05 · 80/100, as 84·100 ≥ 105·80.
  expect(compareRatio(rational(84, 80), rational(105, 100))).toBe(0);
  expect(compareRatio(rational(83, 80), rational(105, 100))).toBe(-1);
});

test("a fall from .92 to .91 is exactly one percentage point", () => {
  expect(Math.abs(0.92 - 0.91) <= 0.01).toBe(false);
  expect(compareRatio(rational(92 - 91, 100), parseRational("1pp"))).toBe(0);
});

test("85 of 80 is 6.25 % more", () => {
  expect(rational(85 - 80, 80)).toEqual({ parts: 1, of: 16 });
  expect(toNumber(rational(85 - 80, 80))).toBe(0.0625);
});

test.each<[string | number, number, number]>([
  ["5%", 1, 20],
  ["1pp", 1, 100],
  ["0.5 pp", 1, 200],
  ["0.05", 1, 20],
  [0.05, 1, 20],
  [0.1, 1, 10],
  ["3/4", 3, 4],
  ["6 / 8", 3, 4],
  ["-2.5%", -1, 40],
  ["-0", 0, 1],
  ["+0.95", 19, 20],
  [1e-7, 1, 10_000_000],
  ["1e3", 1000, 1],
  ["100%", 1, 1],
  ["0.001", 1, 1000],
])("%s is %i/%i", (text, parts, of) => {
  expect(parseRational(text)).toEqual({ parts, of });
});

test.each(["", "five", "5 %%", "1/0", "0x10", "1e999", "1,5", ".5", "NaN", Number.NaN, Number.POSITIVE_INFINITY, "3/-4", "9007199254740993", "0.12345678901234567", "1e400", "1e-9999"])(
  "%s is refused with a way to mend it",
  (text) => {
    expect(() => parseRational(text)).toThrow(expect.objectContaining({ code: "invalid_input", fix: expect.stringMatching(/./) }));
  },
);

test.each([
  [1, 0],
  [0.5, 1],
  [Number.NaN, 1],
  [2 ** 53, 1],
])("%d/%d is no fraction", (parts, of) => {
  expect(() => rational(parts, of)).toThrow(/not a fraction/);
});

test("comparison is exact for any safe integers", () => {
  const pair = fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
  fc.assert(
    fc.property(pair, pair, ([a, b], [c, d]) => {
      const difference = BigInt(a) * BigInt(d) - BigInt(c) * BigInt(b);
      expect(compareRatio(rational(a, b), rational(c, d))).toBe(difference === 0n ? 0 : difference < 0n ? -1 : 1);
      expect(compareRatio(rational(a, -b), rational(-a, b))).toBe(0);
    }),
  );
});

test("any number is read as it is written", () => {
  fc.assert(
    fc.property(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: 0, max: 9 }), (digits, places) => {
      const value = Number(`${digits}e-${places}`);
      expect(compareRatio(parseRational(value), rational(digits, 10 ** places))).toBe(0);
      expect(toNumber(parseRational(value))).toBe(value);
    }),
  );
});
