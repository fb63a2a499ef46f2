import fc from "fast-check";
import { expect, test } from "vitest";

import { mcnemar } from "./mcnemar.ts";

test.each([
  { b: 8, c: 0, exact: 0.0078125, midP: 0.00390625, chiSquare: 8, chiSquareP: 0.00467773, corrected: 6.125, correctedP: 0.01332833 },
  { b: 25, c: 10, exact: 0.01667385, midP: 0.01133098, chiSquare: 6.42857, chiSquareP: 0.01122989, corrected: 5.6, correctedP: 0.01796048 },
  { b: 10, c: 4, exact: 0.17956543, midP: 0.11846924, chiSquareP: 0.10880943, correctedP: 0.18144921 },
  { b: 6, c: 1, exact: 0.125, midP: 0.0703125 },
  { b: 5, c: 5, exact: 1, midP: 1, corrected: 0, correctedP: 1 },
  { b: 0, c: 0, exact: 1, midP: 1, chiSquare: 0, chiSquareP: 1 },
  { b: 1, c: 0, exact: 1, midP: 0.5 },
  { b: 60, c: 40, exact: 0.05688793, midP: 0.04604407 },
  { b: 100, c: 50, exact: 5.45e-5 },
  { b: 1, c: 7, exact: 0.0703125, midP: 0.0390625, chiSquareP: 0.0338949, correctedP: 0.0770999 },
  { b: 15, c: 19, exact: 0.607591, correctedP: 0.606905 },
])("$b against $c", (expected) => {
  const result = mcnemar(expected.b, expected.c);
  for (const [name, value] of Object.entries(expected)) expect(result[name as keyof typeof result], name).toBeCloseTo(value, name === "chiSquare" ? 5 : 6);
});

test("the choice of the method flips a verdict, so it is part of the rule", () => {
  const { exact, midP } = mcnemar(60, 40);
  expect(exact > 0.05 && midP < 0.05).toBe(true);
});

test("it is symmetric, between 0 and 1, and never NaN", () => {
  fc.assert(
    fc.property(fc.nat(3000), fc.nat(3000), (b, c) => {
      const here = mcnemar(b, c);
      expect({ ...mcnemar(c, b), b, c }).toEqual(here);
      for (const p of [here.exact, here.midP, here.chiSquareP, here.correctedP]) expect(p >= 0 && p <= 1).toBe(true);
      expect(here.midP).toBeLessThanOrEqual(here.exact);
    }),
  );
});

test.each([
  [-1, 3],
  [1.5, 2],
  [Number.NaN, 0],
  [Number.POSITIVE_INFINITY, 0],
])("%d against %d is refused", (b, c) => {
  expect(() => mcnemar(b, c)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
