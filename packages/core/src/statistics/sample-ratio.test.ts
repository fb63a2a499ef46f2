import { expect, test } from "vitest";

import { sampleRatio } from "./sample-ratio.ts";

test.each([
  { observed: [166, 34], parts: [8000, 2000], chiSquare: 1.125, p: 0.2889 },
  { observed: [8200, 1800], parts: [8000, 2000], chiSquare: 25, p: 5.73e-7 },
  { observed: [1000, 1200], parts: [1, 1], chiSquare: 18.1818, p: 0.000020079 },
  { observed: [310, 98], parts: [0.75, 0.25], chiSquare: 0.2092, p: 0.647434186 },
])("$observed against $parts", ({ observed, parts, chiSquare, p }) => {
  const result = sampleRatio(observed, parts);
  expect(result.df).toBe(1);
  expect(Math.abs(result.chiSquare / chiSquare - 1)).toBeLessThan(1e-3);
  expect(Math.abs(result.p / p - 1)).toBeLessThan(1e-3);
});

test("an arm that was to get nothing is no degree of freedom, and may get nothing", () => {
  expect(sampleRatio([500, 500, 0], [1, 1, 0])).toEqual({ chiSquare: 0, df: 1, p: 1 });
  expect(sampleRatio([500, 500, 1], [1, 1, 0]).p).toBe(0);
  expect(sampleRatio([500, 0], [1, 0])).toEqual({ chiSquare: 0, df: 0, p: 1 });
});

test.each<[readonly number[], readonly number[]]>([
  [[0, 0], [1, 1]],
  [[1, 2], [0, 0]],
  [[1, 2], [1]],
  [[1, -2], [1, 1]],
  [[1, 2], [1, Number.NaN]],
  [[1.5, 2], [1, 1]],
  [[], []],
])("%j against %j is refused", (observed, parts) => {
  expect(() => sampleRatio(observed, parts)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
