import { replayEntry, verifyChain, type LedgerEntry, type MonitorEventKind, type MonitorRules, type Outcome, type Rollout } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import { readState } from "../chain.ts";
import type { Controller } from "../controller.ts";
import { request } from "../operate.ts";
import { recordOutcomes } from "../record-outcomes.ts";
import { startRollout } from "../start-rollout.ts";
import { openMemoryStore } from "../testing/memory-store/open-memory-store.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld, type SmallWorld } from "../testing/small-world.ts";
import { tick } from "../tick.ts";
import { watchPromoted, type WatchResult } from "./watch-promoted.ts";

const RULES: MonitorRules = {
  mode: "rollback",
  watchMs: null,
  everyMs: MINUTE,
  windowMs: 60 * MINUTE,
  consecutive: 3,
  minSamples: 50,
  alpha: { parts: 1, of: 100 },
  severeTimes: { parts: 20, of: 1 },
  rating: { dropMax: { parts: 30, of: 1 }, winRateMin: null, adaptive: false },
  cooldownMs: 60 * MINUTE,
  perDayMax: 3,
  escalation: false,
};
const HOOKS = [{ name: "ops", events: ["regression", "at_risk", "rollback_triggered", "rollback_completed"] as const satisfies readonly MonitorEventKind[] }];
const SLACK = { parts: 1, of: 50 };

/** A world in which version 2 was promoted over version 1, which had an error in ten. */
async function promotedWorld(rules: Partial<MonitorRules> = {}): Promise<SmallWorld & { readonly rollout: Rollout }> {
  const world = smallWorld();
  const policy = { ...policyOf({ checks: [{ kind: "rate", metric: "error", increaseMax: SLACK }] }), monitor: { ...RULES, ...rules } };
  const rollout = await openRollout(world, policy);
  for (let batch = 0; batch < 10; batch++) await serve(world, rollout, `b${batch}`);
  world.pass(10 * MINUTE);
  await tick(world.controller, MODEL);
  const state = await readState(world.controller, MODEL);
  expect(state.rollout?.status).toBe("promoted");
  world.pass(MINUTE);
  return { ...world, rollout: state.rollout as Rollout };
}

let batches = 0;

/** Outcomes of what serves now, some of them errors. */
async function serveNow({ controller, traffic }: SmallWorld, { n, errors }: { readonly n: number; readonly errors: number }): Promise<void> {
  const allocation = traffic.get(MODEL);
  const arm = allocation?.arms.find(({ ranges }) => ranges.length > 0);
  if (allocation === undefined || arm === undefined) throw new Error("nothing serves");
  const batchId = `after-${batches++}`;
  const outcomes = Array.from({ length: n }, (_, i): Outcome => ({ requestId: `${batchId}-${i}`, at: controller.clock.now() - 1000, model: MODEL, version: arm.version, slot: arm.slot, mode: "live", epoch: allocation.epoch, unit: `u${i}`, prediction: true, metrics: { error: i < errors ? 1 : 0 } }));
  await recordOutcomes(controller, { model: MODEL, batchId, outcomes, labels: [] });
}

const watch = ({ controller }: Pick<SmallWorld, "controller">): Promise<WatchResult> => watchPromoted({ controller, hooks: HOOKS }, MODEL);

/** Serves, looks and waits, until the result is another. */
async function looks(world: SmallWorld, count: number, load: { readonly n: number; readonly errors: number }): Promise<readonly string[]> {
  const results: string[] = [];
  for (let i = 0; i < count; i++) {
    await serveNow(world, load);
    results.push(sayOf(await watch(world)));
    world.pass(MINUTE);
  }
  return results;
}

function sayOf(result: WatchResult): string {
  if (result.kind !== "looked") return result.kind;
  const { outcome } = result;
  return outcome.kind === "skipped" ? outcome.because : outcome.kind === "triggered" ? (outcome.withheld ?? outcome.cause) : outcome.isRegression ? "regression" : "healthy";
}

const told = async ({ controller }: SmallWorld) => (await controller.store.deliveries.list(null, 100)).toReversed().map(({ event }) => event.kind);
const entriesOf = ({ memory }: SmallWorld): readonly LedgerEntry[] => memory.chains.get(MODEL)?.entries ?? [];
const requestsOf = (world: SmallWorld) => entriesOf(world).filter(({ event }) => event.kind === "request");

describe("a version that became worse after its promotion", () => {
  test("is rolled back by the ordinary path: asked for, decided, applied, and derived again from the ledger", async () => {
    const world = await promotedWorld();
    expect(await looks(world, 1, { n: 60, errors: 3 })).toEqual(["healthy"]);
    expect(await looks(world, 3, { n: 400, errors: 160 })).toEqual(["regression", "regression", "consecutive"]);
    expect(requestsOf(world)).toMatchObject([{ event: { request: { kind: "rollback", by: "monitor", cause: "regression" } } }]);

    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "rolled_back" }, decision: { verdict: "rollback", reason: "regression" } } });
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
    expect(world.traffic.get(MODEL)?.arms.map(({ version }) => version)).toEqual(["1"]);
    expect(entriesOf(world).map(replayEntry).filter((replay) => replay !== null).every(({ same }) => same)).toBe(true);
    expect(verifyChain(entriesOf(world), null).broken).toBeNull();

    expect(await watch(world)).toMatchObject({ kind: "completed" });
    expect(await watch(world)).toEqual({ kind: "not_watched" });
    expect(await told(world)).toEqual(["regression", "regression", "at_risk", "regression", "rollback_triggered", "rollback_completed"]);
  });

  test("I19: without new outcomes no look is a check, whatever the time", async () => {
    const world = await promotedWorld();
    expect(await looks(world, 1, { n: 400, errors: 160 })).toEqual(["regression"]);
    for (let i = 0; i < 5; i++) {
      expect(sayOf(await watch(world))).toBe("no_new_evidence");
      world.pass(MINUTE);
    }
    expect(await world.controller.store.monitor.checks(`model:${MODEL}`, 10)).toHaveLength(1);
  });

  test("few outcomes, and no outcomes, change nothing", async () => {
    const world = await promotedWorld();
    expect(sayOf(await watch(world))).toBe("too_few");
    expect(await looks(world, 1, { n: 20, errors: 20 })).toEqual(["too_few"]);
    expect(requestsOf(world)).toEqual([]);
  });

  test("what is not sure yet may be chance", async () => {
    const world = await promotedWorld({ minSamples: 20 });
    expect(await looks(world, 3, { n: 10, errors: 1 })).toEqual(["too_few", "healthy", "healthy"]);
  });
});

describe("mode notify (I21)", () => {
  test("changes nothing: neither the ledger, nor aliases, nor traffic", async () => {
    const world = await promotedWorld({ mode: "notify" });
    const before = JSON.stringify([entriesOf(world), world.model(), [...world.traffic]]);
    expect(await looks(world, 5, { n: 400, errors: 160 })).toEqual(["regression", "regression", "consecutive", "consecutive", "consecutive"]);
    await tick(world.controller, MODEL);
    expect(JSON.stringify([entriesOf(world), world.model(), [...world.traffic]])).toBe(before);
    expect((await told(world)).filter((kind) => kind === "rollback_triggered")).toHaveLength(1);
  });
});

describe("restarts, leaders and crashes (I20)", () => {
  test("checks in a row are counted over a restart of the process", async () => {
    const world = await promotedWorld();
    expect(await looks(world, 2, { n: 400, errors: 160 })).toEqual(["regression", "regression"]);
    const restarted = { ...world, controller: { ...world.controller, store: openMemoryStore(world.memory), holder: "another" } };
    expect(await looks(restarted, 1, { n: 400, errors: 160 })).toEqual(["consecutive"]);
  });

  test("only the leader of the model looks", async () => {
    const world = await promotedWorld();
    await serveNow(world, { n: 400, errors: 160 });
    await world.controller.store.leases.acquire({ name: `model:${MODEL}`, holder: "somebody else", now: world.controller.clock.now(), ttlMs: 10_000 });
    expect(await watch(world)).toEqual({ kind: "led_elsewhere" });
    expect(await world.controller.store.monitor.read(`model:${MODEL}`)).toBeNull();
  });

  test("many at once make one check, and one request", async () => {
    const world = await promotedWorld({ consecutive: 1 });
    await serveNow(world, { n: 400, errors: 160 });
    const others = Array.from({ length: 6 }, (_, i) => ({ ...world.controller, holder: `controller ${i}`, store: openMemoryStore(world.memory) }));
    await Promise.allSettled(others.map((controller) => watch({ controller })));
    expect(await world.controller.store.monitor.checks(`model:${MODEL}`, 10)).toHaveLength(1);
    expect(requestsOf(world)).toHaveLength(1);
  });

  test("one that dies between its check and its request leaves the request to the next, which asks once", async () => {
    const world = await promotedWorld({ consecutive: 1 });
    await serveNow(world, { n: 400, errors: 160 });
    const { store } = world.controller;
    const dying: Controller = { ...world.controller, store: { ...store, ledger: { ...store.ledger, append: async () => Promise.reject(new Error("killed")) } } };
    await expect(watch({ controller: dying })).rejects.toThrow("killed");
    expect(requestsOf(world)).toEqual([]);
    expect(await store.monitor.checks(`model:${MODEL}`, 10)).toHaveLength(1);

    expect(sayOf(await watch(world))).toBe("already_triggered");
    expect(await watch(world)).toEqual({ kind: "not_watched" });
    expect(requestsOf(world)).toHaveLength(1);
    await tick(world.controller, MODEL);
    expect((await readState(world.controller, MODEL)).rollout?.status).toBe("rolled_back");
  });

  test("what can't be read is neither good nor bad", async () => {
    const world = await promotedWorld();
    const { store } = world.controller;
    const { Failure } = await import("@gauntlet/core");
    const blind: Controller = { ...world.controller, store: { ...store, evidence: { ...store.evidence, cells: async () => Promise.reject(new Failure("store_unavailable", "gone")) } } };
    expect(await watch({ controller: blind })).toMatchObject({ kind: "unavailable", code: "store_unavailable" });
    expect(await store.monitor.read(`model:${MODEL}`)).toBeNull();
  });
});

describe("cooldown and cap (I20)", () => {
  /** Promotes version 2 once more, and makes it bad. */
  async function again(world: SmallWorld & { readonly rollout: Rollout }): Promise<readonly string[]> {
    world.pass(40_000);
    await startRollout(world.controller, { policy: world.rollout.policy, challenger: "2", by: "ada" });
    await tick(world.controller, MODEL);
    const { rollout } = await readState(world.controller, MODEL);
    for (let batch = 0; batch < 10; batch++) await serve(world, rollout as Rollout, `${rollout?.id}-${batch}`);
    world.pass(10 * MINUTE);
    await tick(world.controller, MODEL);
    expect((await readState(world.controller, MODEL)).rollout?.status).toBe("promoted");
    world.pass(MINUTE);
    return looks(world, 1, { n: 400, errors: 160 });
  }

  test("hold over rollouts and restarts: the state says when the model was rolled back last", async () => {
    const world = await promotedWorld({ consecutive: 1, perDayMax: 2 });
    expect(await looks(world, 1, { n: 400, errors: 160 })).toEqual(["consecutive"]);
    await tick(world.controller, MODEL);
    await watch(world);
    const restarted = { ...world, controller: { ...world.controller, store: openMemoryStore(world.memory) } };
    expect(await again(restarted)).toEqual(["cooldown"]);
    expect((await readState(restarted.controller, MODEL)).rollout?.status).toBe("promoted");
    // When it is over, the next check may act.
    restarted.pass(60 * MINUTE);
    expect(await looks(restarted, 1, { n: 400, errors: 160 })).toEqual(["consecutive"]);
    await tick(restarted.controller, MODEL);
    await watch(restarted);
    restarted.pass(120 * MINUTE);
    expect(await again(restarted)).toEqual(["daily_cap"]);
    expect(requestsOf(restarted)).toHaveLength(2);
  });
});

describe("what is not watched", () => {
  test("a policy without rules; a rollout that runs; one whose watch is over; one that somebody else changed", async () => {
    const world = smallWorld();
    await openRollout(world, policyOf());
    expect(await watch(world)).toEqual({ kind: "not_watched" });
    expect(await watch(await promotedWorld({ watchMs: 1 }))).toEqual({ kind: "not_watched" });
    const moved = await promotedWorld();
    moved.pass(60_000);
    moved.moveAlias("champion", "9");
    await tick(moved.controller, MODEL);
    expect(await watch(moved)).toEqual({ kind: "not_watched" });
  });

  test("a person who asked first is not asked over", async () => {
    const world = await promotedWorld({ consecutive: 1 });
    await serveNow(world, { n: 400, errors: 160 });
    await request(world.controller, MODEL, { kind: "rollback", by: "ada", reason: "complaints" });
    expect(await watch(world)).toEqual({ kind: "not_watched" });
    await tick(world.controller, MODEL);
    expect(entriesOf(world).filter(({ event }) => event.kind === "request")).toHaveLength(1);
  });
});
