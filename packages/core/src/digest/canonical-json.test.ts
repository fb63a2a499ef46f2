import fc from "fast-check";
import { expect, test } from "vitest";

import { canonicalJson } from "./canonical-json.ts";

test("keys are sorted by UTF-16 code units, without white space", () => {
  expect(canonicalJson({ b: 1, a: [true, null, "x"], "\u20ac": 2, A: { z: undefined, y: 1e21 } })).toBe('{"A":{"y":1e+21},"a":[true,null,"x"],"b":1,"€":2}');
});

test("any JSON value survives, whatever the order of its keys", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n, [undefined]])("%s is refused rather than turned into null", (value) => {
  expect(() => canonicalJson({ value })).toThrow(/cannot be written/);
});

test("a lone surrogate is refused", () => {
  expect(() => canonicalJson("\ud800")).toThrow(/lone surrogate/);
});
