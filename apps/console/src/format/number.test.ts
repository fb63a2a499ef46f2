import { expect, test } from "vitest";

import { basisPoints, count, counted, decimal, milliseconds, millisecondsMore, percent, percentagePoints, plain, pValue, times } from "./number.ts";

test.each([
  [0, "0"],
  [1234567, "1,234,567"],
  [-4200, "−4,200"],
  [9_007_199_254_740_991, "9×10¹⁵"],
  [12.5, "12.50"],
])("count %d is %s", (value, text) => expect(count(value)).toBe(text));

test.each([
  [0.8, "80 %"],
  [0.125, "12.5 %"],
  [0.985, "98.5 %"],
  [0, "0 %"],
  [1, "100 %"],
  [0.99996, "99.996 %"],
  [0.00004, "0.004 %"],
  [1e-12, "1×10⁻¹⁰ %"],
])("percent of %d is %s, never a false 0 or 100", (value, text) => expect(percent(value)).toBe(text));

test("nearly all is less than all", () => expect(percent(0.9999999999)).toMatch(/^<100/));

test.each([
  [0.0125, "+1.25 pp"],
  [-0.01, "−1.00 pp"],
  [0, "±0.00 pp"],
  [-0.0000004, "−0.00004 pp"],
])("difference %d is %s", (value, text) => expect(percentagePoints(value)).toBe(text));

test.each([
  [92.44, "92.4 ms"],
  [1234, "1,234 ms"],
  [12_345, "12.3 s"],
])("%d ms is %s", (value, text) => expect(milliseconds(value)).toBe(text));

test("an increase of a latency carries its sign", () => {
  expect(millisecondsMore(-3.2)).toBe("−3.2 ms");
  expect(millisecondsMore(0)).toBe("±0.0 ms");
});

test.each([
  [1.0625, "1.063×"],
  [1e12, "1×10¹²×"],
])("ratio %d is %s", (value, text) => expect(times(value)).toBe(text));

test.each([
  [0.01667, "p = 0.017"],
  [0.5, "p = 0.50"],
  [1, "p = 1.00"],
  [1e-30, "p < 0.0001"],
])("p-value %d is %s", (value, text) => expect(pValue(value)).toBe(text));

test("figures of no unit keep what matters", () => {
  expect(plain(3)).toBe("3");
  expect(plain(25.123456)).toBe("25.123");
  expect(plain(0.5)).toBe("0.5");
  expect(plain(Number.NaN)).toBe("not a number");
  expect(basisPoints(2000)).toBe("20 %");
  expect(basisPoints(1)).toBe("0.01 %");
  expect(decimal(-1e10, 1)).toBe("−1×10¹⁰");
});

test("one is one, and none are many", () => expect([0, 1, 1200].map((n) => counted(n, "match", "matches"))).toEqual(["0 matches", "1 match", "1,200 matches"]));
