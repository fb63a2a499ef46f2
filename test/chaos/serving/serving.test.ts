import { expect, test } from "vitest";

import { killServing } from "./kill-serving.ts";

// Many more kills, and the whole process under changes by hand: `npm run chaos -- --serving`.
test("I22: the application, killed at any instant of a swap: registry, memory and cache agree within two seconds of its restart", async () => {
  const report = await killServing({ kind: "app", kills: 1, seed: 7 });
  expect(report.problems).toEqual([]);
  expect(report.slowestMs).toBeLessThanOrEqual(2000);
});

test("I8, I22: the whole process, killed in the middle of a promotion: all three agree after its restart, and again when the promotion is carried out", async () => {
  const report = await killServing({ kind: "promotion", kills: 1, seed: 3 });
  expect(report.problems).toEqual([]);
  expect(report.slowestMs).toBeLessThanOrEqual(2000);
});
