import { expect, test } from "vitest";

import { killServing } from "./kill-serving.ts";

// Many more kills: `npm run chaos -- --serving`.
test.each([["app", 1], ["whole", 1]] as const)("I22: %s, killed at any instant of a swap: registry, memory and cache agree within two seconds of its restart (kills: %i)", async (kind, kills) => {
  const report = await killServing({ kind, kills, seed: 7 });
  expect(report.problems).toEqual([]);
  expect(report.slowestMs).toBeLessThanOrEqual(2000);
});
