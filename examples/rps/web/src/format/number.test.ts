import { expect, test } from "vitest";

import { chance, count, percent, plural, points, signed } from "./number.ts";

test("numbers as people read them", () => {
  expect([points(1.5), points(10), count(5481), percent(0.297, 1), signed(-0.118), signed(3.04)]).toEqual(["1.5", "10.0", "5,481", "29.7%", "−0.12", "3.04"]);
  expect([plural(1, "game"), plural(1200, "game"), chance(0.0004), chance(0.5469)]).toEqual(["1 game", "1,200 games", "< 0.001", "0.547"]);
});
