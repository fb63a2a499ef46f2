import { expect, test } from "vitest";

import { movedShare, sharesByVersion } from "./split.ts";

test("a promotion moves what the champion serves", () => {
  expect(movedShare({ "1": 0.8, "2": 0.2 }, { "2": 1 })).toBeCloseTo(0.8);
});

test("a rollback to the same split moves nothing", () => {
  expect(movedShare({ "1": 0.8, "2": 0.2 }, { "1": 0.8, "2": 0.2 })).toBe(0);
});

test("slots of one version add up, and a version called __proto__ is a version", () => {
  const shares = sharesByVersion([
    { version: "1", share: 0.5 },
    { version: "1", share: 0.3 },
    { version: "__proto__", share: 0.2 },
  ]);
  expect(shares["1"]).toBeCloseTo(0.8);
  expect(shares["__proto__"]).toBe(0.2);
});
