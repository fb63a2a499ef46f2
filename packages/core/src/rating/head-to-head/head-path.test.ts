import { expect, test } from "vitest";

import { headPath } from "./head-path.ts";
import { headOvershoot, headTest } from "./head-test.ts";
import { headCounts, type HeadUnit } from "./head-to-head.ts";

const RULE = { elo0: 0, elo1: 30, scale: "logistic", alpha: 0.05, beta: 0.05 } as const;

test("each point is what the test says of the results so far, bit for bit", () => {
  const units = Array.from({ length: 120 }, (_, i): HeadUnit => (i % 3 === 0 ? { kind: "pair", halves: ((i * 7) % 5) as 0 | 1 | 2 | 3 | 4 } : { kind: "single", halves: ((i * 5) % 3) as 0 | 1 | 2 }));
  const path = headPath(units, RULE);
  for (const length of [2, 17, 60, 120]) {
    const part = units.slice(0, length);
    const said = headTest(headCounts(part), RULE, headOvershoot(part, RULE));
    const point = path[length - 1];
    expect([point?.games, point?.llr, point?.lower, point?.upper]).toEqual([said?.games, said?.llr, said?.lower, said?.upper]);
  }
  expect(headPath([], RULE)).toEqual([]);
});
