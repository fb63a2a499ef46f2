import { expect, test } from "vitest";

import { shareInterval } from "./interval.ts";

test("Wilson's interval, against values of R's prop.test without its correction", () => {
  const rounded = (hits: number, of: number) => Object.values(shareInterval(hits, of)).map((value) => Number(value.toFixed(4)));
  expect(rounded(15, 100)).toEqual([0.0931, 0.2328]);
  expect(rounded(0, 10)).toEqual([0, 0.2775]);
  expect(rounded(10, 10)).toEqual([0.7225, 1]);
  expect(rounded(0, 0)).toEqual([0, 1]);
});
