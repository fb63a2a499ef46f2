import { expect, test } from "vitest";

import { wholeNumber } from "./options.ts";

test("a number is read within its bounds, or not given, or wrong with the bounds named", () => {
  const bounds = { min: 100, max: 99_999 };
  expect(wholeNumber({ households: "3600" }, "households", bounds)).toBe(3600);
  expect(wholeNumber({ households: undefined }, "households", bounds)).toBeNull();
  for (const wrong of ["99", "100000", "1.5", "many", ""]) expect(() => wholeNumber({ households: wrong }, "households", bounds)).toThrow(`--households ${wrong} is not a whole number from 100 to 99,999`);
  expect(() => wholeNumber({ seed: "-1" }, "seed", { min: 0, max: Number.MAX_SAFE_INTEGER })).toThrow("--seed -1 is not a whole number from 0 up");
});
