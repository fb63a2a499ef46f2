import { expect, test } from "vitest";

import { killServing } from "./kill-serving.ts";

// Many more kills, of all families, and of the application alone: `npm run chaos -- --serving`.
test("I8, I22: server and application, killed in the middle of a promotion: registry, memory and cache agree two seconds after the restart, and again when the promotion is carried out", async () => {
  const report = await killServing({ kind: "promotion", kills: 1, seed: 3, families: ["xgboost"] });
  expect(report.problems).toEqual([]);
  expect(report.slowestMs).toBeLessThanOrEqual(2000);
});
