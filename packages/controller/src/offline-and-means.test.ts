import { replayEntry, type CheckRule, type LedgerEntry, type Outcome } from "@gauntlet/core";
import { expect, test } from "vitest";

import { recordOutcomes } from "./record-outcomes.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

const floor: CheckRule = { kind: "offline", metric: "roc_auc", atLeast: { parts: 9, of: 10 }, atMost: null, against: null };
const rate: CheckRule = { kind: "rate", metric: "error", increaseMax: { parts: 0, of: 1 } };

function score(world: SmallWorld, version: string, metrics: Readonly<Record<string, number>>): void {
  const model = world.model();
  world.registry.set(MODEL, { ...model, versions: model.versions.map((row) => (row.version === version ? { ...row, metrics } : row)) });
}

function decisions(world: SmallWorld): Extract<LedgerEntry["event"], { kind: "decision" }>[] {
  return (world.memory.chains.get(MODEL)?.entries ?? []).flatMap(({ event }) => (event.kind === "decision" ? [event] : []));
}

test("a score that is missing holds, one that is too low ends the rollout before its window, and the past can be replayed", async () => {
  const world = smallWorld();
  await openRollout(world, policyOf({ checks: [floor, rate] }));
  await tick(world.controller, MODEL);
  expect(decisions(world).at(-1)?.decision).toMatchObject({ verdict: "hold", reason: "evidence_unavailable" });
  score(world, "2", { roc_auc: 0.71, loss: 0.3, "per class/7": 0.5 });
  await tick(world.controller, MODEL);
  const last = decisions(world).at(-1);
  expect(last?.decision).toMatchObject({ verdict: "retain", reason: "worse", checks: expect.arrayContaining([expect.objectContaining({ id: "roc_auc-offline", status: "fail", challenger: 0.71 })]) });
  // Only what the policy asks for is kept.
  expect(last?.observation.registry).toMatchObject({ available: true, versions: [{ version: "1", metrics: {} }, { version: "2", metrics: { roc_auc: 0.71 } }] });
  expect(world.model().aliases["champion"]).toBe("1");
  expect(world.traffic.get(MODEL)?.arms.map((arm) => arm.version)).toEqual(["1"]);
  for (const replay of (world.memory.chains.get(MODEL)?.entries ?? []).map(replayEntry)) expect(replay?.same ?? true).toBe(true);
});

test("a good score leaves the ruling to the traffic", async () => {
  const world = smallWorld();
  score(world, "2", { roc_auc: 0.9 });
  await serve(world, await openRollout(world, policyOf({ checks: [floor, rate] })), "first");
  world.pass(11 * MINUTE);
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "promoted" } } });
});

test.each([
  ["a mean that is surely higher is promoted", 12, "promote", "all_checks_passed"],
  ["one that is surely lower is not", 8, "retain", "worse"],
  ["one that is equal stays unproven", 10, "retain", "unproven"],
] as const)("outcomes with values: %s", async (_, mean, verdict, reason) => {
  const world = smallWorld();
  const checks: readonly CheckRule[] = [{ kind: "mean", metric: "basket", better: "higher", ask: "improveBy", margin: { parts: 0, of: 1 }, basis: "relative" }];
  const rollout = await openRollout(world, policyOf({ mode: "strict", metrics: { basket: "moments" }, checks }));
  const outcomes = Array.from({ length: 200 }, (_item, i): Outcome => {
    const slot = i % 2 === 0 ? "champion" : "challenger";
    const value = (slot === "champion" ? 10 : mean) + ((i >> 1) % 2 === 0 ? 1 : -1);
    return { requestId: `r-${i}`, at: rollout.startedAt + i * 1000, model: MODEL, version: rollout[slot].version, slot, mode: "live", epoch: rollout.allocation.epoch, unit: `u${i}`, prediction: true, metrics: { basket: value } };
  });
  await recordOutcomes(world.controller, { model: MODEL, batchId: "b", outcomes, labels: [] });
  world.pass(11 * MINUTE);
  await tick(world.controller, MODEL);
  expect(decisions(world).at(-1)?.decision).toMatchObject({ verdict, reason, checks: expect.arrayContaining([expect.objectContaining({ id: "basket-mean", champion: 10, challenger: mean, n: { champion: 100, challenger: 100 } })]) });
});
