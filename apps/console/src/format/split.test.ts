import { allocate, emptyState, type ModelState, type Rollout } from "@gauntlet/core";
import { expect, test } from "vitest";

import { movedByRollback, movedToOne, servingAllocation, shareOf } from "./split.ts";

const before = allocate({ model: "m", epoch: 1, seed: "a", shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false });
const during = allocate({
  model: "m",
  epoch: 2,
  seed: "a",
  shares: [
    { slot: "champion", version: "1", basisPoints: 8000 },
    { slot: "challenger", version: "2", basisPoints: 2000 },
  ],
  shadow: true,
});
const after = allocate({ model: "m", epoch: 3, seed: "a", shares: [{ slot: "champion", version: "2", basisPoints: 10_000 }], shadow: false });
const running: ModelState = { ...emptyState("m"), rollout: { allocation: during, snapshot: { aliases: {}, allocation: before } } as unknown as Rollout };

test("a promotion moves what the champion serves, a rollback what the challenger does", () => {
  expect(movedToOne(running, "2")).toBeCloseTo(0.8);
  expect(movedToOne(running, "1")).toBeCloseTo(0.2);
  expect(movedByRollback(running)).toBeCloseTo(0.2);
});

test("traffic that was already moved counts, traffic that is only intended does not", () => {
  const effect = { kind: "traffic", key: "d/0", model: "m", allocation: after } as const;
  const plan = { decisionId: "d", model: "m", effects: [effect], becomes: "promoted" } as const;
  const intended: ModelState = { ...running, pending: { decisionId: "d", plan, applied: [], failed: null } };
  const applied: ModelState = { ...running, pending: { decisionId: "d", plan, applied: ["d/0"], failed: null } };
  const settled: ModelState = { ...running, settled: { plan, at: 0 } };
  expect(movedByRollback(intended)).toBeCloseTo(0.2);
  expect(movedByRollback(applied)).toBe(1);
  expect(movedByRollback(settled)).toBe(1);
});

test("without a rollout nothing is said about what would move", () => {
  expect(servingAllocation(emptyState("m"))).toBeNull();
  expect(movedByRollback(emptyState("m"))).toBeNull();
  expect(shareOf(during, "3")).toBe(0);
});
