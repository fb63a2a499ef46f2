import { Failure, replayEntry, type Outcome } from "@gauntlet/core";
import { expect, test } from "vitest";

import { readState } from "./chain.ts";
import { approve, request } from "./operate.ts";
import { recordOutcomes } from "./record-outcomes.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { writeAnalysis } from "./analysis/write-analysis.ts";
import { tick } from "./tick.ts";

const WATCHED = { mode: "strict", watchMs: 30 * MINUTE, harm: [{ kind: "rate", metric: "error", increaseMax: { parts: 1, of: 50 }, alpha: { parts: 1, of: 1000 } }] } as const;

/** A rollout whose test is won, and whose challenger has everything. */
async function watchedWorld(change: Parameters<typeof policyOf>[0] = {}): Promise<SmallWorld> {
  const world = smallWorld();
  await serve(world, await openRollout(world, policyOf({ ...WATCHED, ...change })), "test");
  world.pass(11 * MINUTE);
  await tick(world.controller, MODEL);
  return world;
}

/** A hundred outcomes of the challenger in its watch, so many of them errors. */
async function serveAll(world: SmallWorld, { errors = 0 }: { readonly errors?: number } = {}): Promise<void> {
  const { rollout } = await readState(world.controller, MODEL);
  const at = world.controller.clock.now();
  const outcomes = Array.from({ length: 100 }, (_, i): Outcome => ({
    requestId: `watch-${i}`,
    at: at + i * 100,
    model: MODEL,
    version: "2",
    slot: "challenger",
    mode: "live",
    epoch: rollout?.allocation.epoch ?? 0,
    unit: `u${i}`,
    prediction: true,
    metrics: { error: i < errors ? 1 : 0 },
  }));
  world.pass(MINUTE);
  await recordOutcomes(world.controller, { model: MODEL, batchId: "watch", outcomes, labels: [] });
}

function replays({ memory }: SmallWorld): readonly boolean[] {
  return (memory.chains.get(MODEL)?.entries ?? []).map(replayEntry).flatMap((replay) => (replay === null ? [] : [replay.same]));
}

test("I32, I6: a test that is won moves traffic, is watched, and is promoted after that", async () => {
  const world = await watchedWorld();
  const before = await readState(world.controller, MODEL);
  expect(before.rollout).toMatchObject({ status: "running", stage: { index: 1, since: world.controller.clock.now() } });
  // What the test showed goes along, for the champion's part of it and for the documents.
  expect(new Set(before.rollout?.stage?.before?.map(({ version }) => version))).toEqual(new Set(["1", "2"]));
  expect(world.model().aliases).toEqual({ champion: "1", challenger: "2", previous: "1" });
  expect(world.traffic.get(MODEL)).toMatchObject({ epoch: before.rollout?.allocation.epoch, arms: [{ slot: "challenger", version: "2" }] });
  expect([...world.files.keys()].toSorted()).toEqual(["run-2/test_decision.md", "run-2/test_decision.yaml"]);
  const shown = world.files.get("run-2/test_decision.md");

  await serveAll(world);
  expect((await tick(world.controller, MODEL)).kind).toBe("decided");
  expect((await readState(world.controller, MODEL)).decision).toMatchObject({ verdict: "hold", reason: "min_duration" });
  world.pass(30 * MINUTE);
  const result = await tick(world.controller, MODEL);
  expect(result).toMatchObject({ kind: "applied", state: { rollout: { status: "promoted" }, pending: null } });
  expect(world.model().aliases).toEqual({ champion: "2", previous: "1" });
  expect(world.traffic.get(MODEL)?.arms).toMatchObject([{ slot: "champion", version: "2" }]);
  expect(world.files.get("run-2/test_decision.md")).toBe(shown);
  expect(world.files.get("run-2/decision.md")).toContain("| Stage | 2 of 2, watch, since");
  expect(world.files.get("run-2/decision.md")).toContain("| Live outcomes | 20 | 20 |");
  expect(replays(world).every(Boolean)).toBe(true);
});

test("I32: harm in the watch goes back to what was there before the rollout", async () => {
  const world = await watchedWorld();
  await serveAll(world, { errors: 90 });
  const result = await tick(world.controller, MODEL);
  expect(result).toMatchObject({ kind: "applied", state: { rollout: { status: "rolled_back" }, decision: { reason: "harm" } } });
  expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
  expect(world.traffic.get(MODEL)?.arms).toMatchObject([{ slot: "champion", version: "1" }]);
  const ended = await readState(world.controller, MODEL);
  expect(await writeAnalysis(world.controller, ended)).toEqual({ decisionId: ended.decision?.id, complete: false });
  expect(world.files.get("run-2/failure_analysis.md")).toContain("ended as rollback (harm)");
  expect(replays(world).every(Boolean)).toBe(true);
});

test("I32: it is signed for once, before traffic moves; a person takes it back in the watch without any data", async () => {
  const world = await watchedWorld({ approval: { by: 1, notBy: [] } });
  const { decision, rollout } = await readState(world.controller, MODEL);
  expect([decision?.reason, rollout?.stage]).toEqual(["awaiting_approval", undefined]);
  await approve(world.controller, MODEL, { by: "grace", decisionId: decision?.id ?? "", evidenceDigest: decision?.evidenceDigest ?? "", comment: "" });
  await tick(world.controller, MODEL);
  const watched = await readState(world.controller, MODEL);
  expect([watched.rollout?.stage?.index, watched.approvals]).toEqual([1, []]);
  await request(world.controller, MODEL, { by: "grace", reason: "no", kind: "rollback" });
  await tick(world.controller, MODEL);
  expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
  expect((await readState(world.controller, MODEL)).rollout?.status).toBe("rolled_back");
});

test("I32: what fails for good in the step that moves traffic is taken back", async () => {
  const world = smallWorld();
  await serve(world, await openRollout(world, policyOf(WATCHED)), "test");
  world.pass(11 * MINUTE);
  const refusing = { ...world.controller, traffic: { ...world.controller.traffic, apply: () => Promise.reject(new Failure("invalid_input", "the target refuses")) } };
  await tick(refusing, MODEL);
  expect((await readState(world.controller, MODEL)).pending?.failed?.retryable).toBe(false);
  await tick(world.controller, MODEL);
  expect((await readState(world.controller, MODEL)).rollout?.status).toBe("rolled_back");
  expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
});
