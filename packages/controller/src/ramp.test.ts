import { Failure, replayEntry, sharesOf, verifyChain, type LedgerEntry, type ModelState, type Outcome, type RampPolicy } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { observe } from "./observe.ts";
import { approve, request } from "./operate.ts";
import { previewTick } from "./preview.ts";
import { recordOutcomes } from "./record-outcomes.ts";
import { startRollout } from "./start-rollout.ts";
import { MINUTE, MODEL, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

function rampOf(change: Partial<RampPolicy> = {}): RampPolicy {
  return {
    kind: "ramp",
    name: "planner",
    model: MODEL,
    mode: "strict",
    metrics: { accepted: "rate", violation: "rate" },
    bucketMs: MINUTE,
    approval: null,
    effects: ["registry.alias", "registry.tag", "traffic", "document"],
    impact: null,
    experiment: null,
    admission: { offline: [] },
    stages: [
      { name: "10", basisPoints: 1000, dwellMs: 10 * MINUTE },
      { name: "25", basisPoints: 2500, dwellMs: 20 * MINUTE },
      { name: "50", basisPoints: 5000, dwellMs: 30 * MINUTE },
      { name: "production", basisPoints: 10_000, dwellMs: null },
    ],
    control: "equal",
    maturityMs: 2 * MINUTE,
    minSamples: 60,
    srmAlpha: { parts: 1, of: 1000 },
    alpha: { parts: 1, of: 20 },
    spending: "each",
    harmAlpha: { parts: 1, of: 1000 },
    checks: [
      { kind: "noWorseThan", metric: "accepted", figure: { kind: "rate" }, better: "higher", margin: { parts: 1, of: 4 }, floor: { parts: 1, of: 200 } },
      { kind: "never", metric: "violation" },
    ],
    ...change,
  };
}

/** How many in ten of the challenger's are accepted; of the champion's it is eight. */
const STORIES = { good: 10, neutral: 8, harmful: 1 } as const;

interface Passage {
  readonly world: SmallWorld;
  readonly story: keyof typeof STORIES;
}

/** Eight minutes of traffic, 80 a percent of share, split as it is now. */
async function serve({ world, story }: Passage, state: ModelState, change: Partial<Outcome> = {}): Promise<void> {
  const { rollout } = state;
  if (rollout === null) throw new Error("no rollout");
  const { controller } = world;
  const now = controller.clock.now();
  const shares = sharesOf(rollout.allocation);
  const outcomes = rollout.allocation.arms.flatMap(({ slot, version }) =>
    Array.from({ length: (shares[slot] ?? 0) / 10 }, (_, i): Outcome => {
      const good = i % 10 < (slot === "challenger" ? STORIES[story] : 8);
      return { requestId: `${now}-${slot}-${i}`, at: now + (i % 400) * 1000, model: MODEL, version, slot, mode: "live", epoch: rollout.allocation.epoch, unit: `${slot}${i}`, prediction: null, metrics: { accepted: good ? 1 : 0, violation: 0 }, ...change };
    }),
  );
  world.pass(8 * MINUTE);
  await recordOutcomes(controller, { model: MODEL, batchId: `b${now}`, outcomes, labels: [] });
}

/** Ticks and serves until it is over, each tick by another process; gives where it was, step by step. */
async function climb(passage: Passage, policy: RampPolicy, steps = 30): Promise<readonly string[]> {
  const { world } = passage;
  await startRollout(world.controller, { policy, challenger: "2", by: "ada" });
  const path: string[] = [];
  for (let step = 0; step < steps; step++) {
    const controller: Controller = { ...world.controller, holder: `process ${step}` };
    await tick(controller, MODEL);
    const state = await readState(controller, MODEL);
    const shares = sharesOf(world.traffic.get(MODEL)!);
    const place = `${state.rollout?.status} ${JSON.stringify(shares)}`;
    if (path.at(-1) !== place) path.push(place);
    if (state.rollout?.status !== "running") break;
    await serve(passage, state);
  }
  return path;
}

function entriesOf({ memory }: SmallWorld): readonly LedgerEntry[] {
  return memory.chains.get(MODEL)?.entries ?? [];
}

function decisionsOf(world: SmallWorld): readonly string[] {
  return entriesOf(world).flatMap(({ event }) => (event.kind === "decision" ? [`${event.decision.look?.number} ${event.decision.verdict} ${event.decision.reason}${event.decision.compatLabel === null ? "" : ` ${event.decision.compatLabel}`}`] : []));
}

const RUNGS = [
  'running {"champion":8000,"control":1000,"challenger":1000}',
  'running {"champion":5000,"control":2500,"challenger":2500}',
  'running {"champion":5000,"challenger":5000}',
];

describe("a whole ramp, every tick by another process", () => {
  test.each(["strict", "compat"] as const)("a good challenger reaches everything, rung by rung: %s", async (mode) => {
    const world = smallWorld();
    expect(await climb({ world, story: "good" }, rampOf({ mode }))).toEqual([...RUNGS, 'promoted {"champion":10000}']);
    expect(world.model().aliases).toEqual({ champion: "2", previous: "1" });
    expect(decisionsOf(world).filter((line) => !line.includes("hold"))).toEqual(
      mode === "strict"
        ? ["1 advance all_checks_passed", "2 advance all_checks_passed", "3 promote all_checks_passed"]
        : ["1 advance all_checks_passed increase", "2 advance all_checks_passed increase", "3 promote all_checks_passed promote"],
    );
    const stages = entriesOf(world).flatMap(({ event, at }) => (event.kind === "plan.applied" ? [at] : []));
    const dwells = stages.slice(1).map((at, index) => at - (stages[index] ?? 0));
    expect(dwells.every((ms, index) => ms >= [10, 20, 30][index]! * MINUTE)).toBe(true);
    expect(entriesOf(world).map(replayEntry).filter((replay) => replay !== null).every(({ same }) => same)).toBe(true);
    expect(verifyChain(entriesOf(world), null).broken).toBe(null);
    const epochs = [...world.memory.chains.values()].flatMap(({ state }) => state?.epochs.map(({ epoch }) => epoch) ?? []);
    expect(epochs).toEqual([5, 6, 7, 8]);
  });

  test.each(["strict", "compat"] as const)("a harmful one is taken back, and what was there before is there again: %s", async (mode) => {
    const world = smallWorld();
    const before = world.traffic.get(MODEL)!;
    expect(await climb({ world, story: "harmful" }, rampOf({ mode }))).toEqual([RUNGS[0], 'rolled_back {"champion":10000}']);
    expect(world.traffic.get(MODEL)).toEqual({ ...before, epoch: 6 });
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
    expect(decisionsOf(world).at(-1)).toBe(mode === "strict" ? "1 rollback harm" : "1 rollback worse rollback");
  });

  test("a neutral one is promoted where nothing better is asked for, and retained where it is", async () => {
    const world = smallWorld();
    expect((await climb({ world, story: "neutral" }, rampOf())).at(-1)).toBe('promoted {"champion":10000}');
    const asked = smallWorld();
    const { checks } = rampOf();
    const better = rampOf({ checks: [...checks, { kind: "improveBy", metric: "accepted", figure: { kind: "rate" }, better: "higher", margin: { parts: 1, of: 20 } }] });
    expect(await climb({ world: asked, story: "neutral" }, better)).toEqual([...RUNGS, 'retained {"champion":10000}']);
    expect(asked.traffic.get(MODEL)?.arms.map(({ version }) => version)).toEqual(["1"]);
  });
});

describe("a watch over a challenger that has everything", () => {
  const stages = rampOf().stages.map((stage) => (stage.dwellMs === null ? { ...stage, dwellMs: 40 * MINUTE } : stage));
  const WATCHED = 'running {"challenger":10000}';

  /** Up to where it has everything; its alias is still the champion's, who is named as the predecessor. */
  async function watched(change: Partial<RampPolicy> = {}): Promise<{ readonly world: SmallWorld; readonly state: ModelState }> {
    const world = smallWorld();
    const passage = { world, story: "good" } as const;
    await startRollout(world.controller, { policy: rampOf({ stages, ...change }), challenger: "2", by: "ada" });
    for (;;) {
      await tick(world.controller, MODEL);
      const state = await readState(world.controller, MODEL);
      if (state.rollout?.status !== "running") throw new Error(`it is ${state.rollout?.status}`);
      if (state.rollout.stage?.index === 3) return { world, state };
      if (state.decision?.reason === "awaiting_approval") await approve(world.controller, MODEL, { by: "grace", decisionId: state.decision.id, evidenceDigest: state.decision.evidenceDigest, comment: "" });
      else await serve(passage, state);
    }
  }

  test("without harm it is promoted when its time is over, and only then is it the champion", async () => {
    const world = smallWorld();
    expect(await climb({ world, story: "good" }, rampOf({ stages }))).toEqual([...RUNGS, WATCHED, 'promoted {"champion":10000}']);
    expect(decisionsOf(world).slice(-3)).toEqual(["3 advance all_checks_passed", "4 hold min_duration", "4 promote all_checks_passed"]);
    expect(world.model().aliases).toEqual({ champion: "2", previous: "1" });
    const [shifted, promoted] = entriesOf(world).flatMap(({ event, at }) => (event.kind === "plan.applied" ? [at] : [])).slice(-2);
    expect(promoted! - shifted!).toBeGreaterThanOrEqual(40 * MINUTE);
    const effects = entriesOf(world).flatMap(({ event }) => (event.kind === "decision" ? [event.plan.effects.map((effect) => (effect.kind === "registry.alias" ? `${effect.alias} ${effect.version}` : effect.kind))] : []));
    expect(effects.find((kinds) => kinds.includes("previous 1"))).toEqual(["previous 1", "traffic"]);
    expect(entriesOf(world).map(replayEntry).filter((replay) => replay !== null).every(({ same }) => same)).toBe(true);
    expect(verifyChain(entriesOf(world), null).broken).toBe(null);
  });

  test("while it is watched the registry names the champion of before, and one signature is enough", async () => {
    const { world, state } = await watched({ approval: { when: "always", by: 1, notBy: [] } });
    expect(world.model().aliases).toEqual({ champion: "1", challenger: "2", previous: "1" });
    expect(sharesOf(world.traffic.get(MODEL)!)).toEqual({ challenger: 10_000 });
    expect(state.rollout?.stage?.before?.find(({ metric }) => metric === "accepted")).toMatchObject({ version: "1", slot: "champion" });
    for (let step = 0; step < 6; step++) {
      await serve({ world, story: "good" }, await readState(world.controller, MODEL));
      await tick(world.controller, MODEL);
    }
    expect((await readState(world.controller, MODEL)).rollout?.status).toBe("promoted");
  });

  test.each(["harmful", "good"] as const)("harm takes it back to the snapshot long before the time is over: %s", async (story) => {
    const { world, state } = await watched();
    // A good one that breaks what must never be is harmful too.
    await serve({ world, story }, state, story === "good" ? { metrics: { accepted: 1, violation: 1 } } : {});
    world.pass(4 * MINUTE);
    await tick(world.controller, MODEL);
    const after = await readState(world.controller, MODEL);
    expect(after).toMatchObject({ rollout: { status: "rolled_back" }, decision: { verdict: "rollback", reason: "harm" } });
    expect(sharesOf(world.traffic.get(MODEL)!)).toEqual({ champion: 10_000 });
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
  });

  test("without outcomes nothing is promoted, however long it takes", async () => {
    const { world } = await watched();
    world.pass(24 * 60 * MINUTE);
    await tick(world.controller, MODEL);
    expect(await readState(world.controller, MODEL)).toMatchObject({ rollout: { status: "running" }, decision: { verdict: "hold", reason: "insufficient_data" } });
  });

  test.each(["promote", "reject", "rollback"] as const)("a person may end it: %s", async (kind) => {
    const { world } = await watched();
    await request(world.controller, MODEL, { kind, by: "grace", reason: "now" });
    await tick(world.controller, MODEL);
    expect(world.model().aliases).toEqual(kind === "promote" ? { champion: "2", previous: "1" } : { champion: "1", previous: "0" });
    expect(world.traffic.get(MODEL)?.arms.map(({ slot, version }) => `${slot} ${version}`)).toEqual([kind === "promote" ? "champion 2" : "champion 1"]);
  });

  test("compat mode has no watch: to reach everything is the promotion, as its document has it", async () => {
    const world = smallWorld();
    expect((await climb({ world, story: "good" }, rampOf({ mode: "compat" }))).slice(-2)).toEqual([RUNGS[2], 'promoted {"champion":10000}']);
  });
});

async function opened(policy: RampPolicy): Promise<{ readonly world: SmallWorld; readonly state: ModelState }> {
  const world = smallWorld();
  await startRollout(world.controller, { policy, challenger: "2", by: "ada" });
  await tick(world.controller, MODEL);
  return { world, state: await readState(world.controller, MODEL) };
}

test("I6: outcomes of the stage before, however late, are not evidence of this one", async () => {
  const { world, state } = await opened(rampOf());
  const passage = { world, story: "good" } as const;
  await serve(passage, state);
  world.pass(4 * MINUTE);
  await tick(world.controller, MODEL);
  const next = await readState(world.controller, MODEL);
  expect(next.rollout?.stage?.index).toBe(1);
  const late = state.rollout!.allocation.arms.map(({ slot, version }): Outcome => ({ requestId: `late-${slot}`, at: state.rollout!.startedAt, model: MODEL, version, slot, mode: "live", epoch: state.rollout!.allocation.epoch, unit: "u", prediction: null, metrics: { accepted: 1, violation: 1 } }));
  await recordOutcomes(world.controller, { model: MODEL, batchId: "late", outcomes: late, labels: [] });
  const observation = await observe(world.controller, next);
  expect(observation.evidence).toMatchObject({ available: true, soFar: [], look: { number: 2, evidence: [] } });
});

test("a crash between a plan and its effects is gone on with, and the stage begins only then", async () => {
  const { world, state } = await opened(rampOf());
  await serve({ world, story: "good" }, state);
  world.pass(4 * MINUTE);
  const broken: Controller = { ...world.controller, traffic: { ...world.controller.traffic, apply: async () => Promise.reject(new Failure("traffic_unavailable", "down")) } };
  expect(await tick(broken, MODEL)).toMatchObject({ kind: "waiting" });
  expect((await readState(world.controller, MODEL)).rollout).toMatchObject({ stage: { index: 0 }, allocation: { epoch: 5 } });
  world.pass(MINUTE);
  await tick({ ...world.controller, holder: "another" }, MODEL);
  expect((await readState(world.controller, MODEL)).rollout).toMatchObject({ stage: { index: 1, since: world.controller.clock.now() }, allocation: { epoch: 6 } });
});

test("I14: a preview of the next step changes nothing, and says what would move", async () => {
  const { world, state } = await opened(rampOf());
  await serve({ world, story: "good" }, state);
  world.pass(4 * MINUTE);
  const entries = entriesOf(world).length;
  const preview = await previewTick(world.controller, MODEL);
  expect(preview).toMatchObject({ decision: { verdict: "advance" }, plan: { stage: 1 } });
  expect(sharesOf(preview.traffic!.after)).toEqual({ champion: 5000, control: 2500, challenger: 2500 });
  expect(entriesOf(world)).toHaveLength(entries);
  expect(sharesOf(world.traffic.get(MODEL)!)).toEqual({ champion: 8000, control: 1000, challenger: 1000 });
});

test("I15: a person rolls back at any stage, and after the promotion", async () => {
  const { world } = await opened(rampOf());
  await request(world.controller, MODEL, { kind: "rollback", by: "grace", reason: "now" });
  await tick(world.controller, MODEL);
  expect((await readState(world.controller, MODEL)).rollout?.status).toBe("rolled_back");

  const other = smallWorld();
  await climb({ world: other, story: "good" }, rampOf());
  await request(other.controller, MODEL, { kind: "rollback", by: "grace", reason: "now" });
  await tick(other.controller, MODEL);
  expect(other.model().aliases).toEqual({ champion: "1", previous: "0" });
  expect(sharesOf(other.traffic.get(MODEL)!)).toEqual({ champion: 10_000 });
  expect(other.model().versions.find(({ version }) => version === "1")?.tags["gauntlet.lifecycle"]).toBe("production");
});

test("a signature before everything: frozen evidence, void when it changes, and no older than a day", async () => {
  const world = smallWorld();
  const policy = rampOf({ approval: { when: "always", by: 1, notBy: [] }, maturityMs: 0 });
  expect((await climb({ world, story: "good" }, policy, 14)).at(-1)).toBe(RUNGS[2]);
  const first = await readState(world.controller, MODEL);
  expect(first.decision?.reason).toBe("awaiting_approval");
  await tick(world.controller, MODEL);
  expect((await readState(world.controller, MODEL)).decision?.evidenceDigest).toBe(first.decision?.evidenceDigest);
  world.pass(24 * 60 * MINUTE);
  await tick(world.controller, MODEL);
  const second = await readState(world.controller, MODEL);
  expect(second.decision?.evidenceDigest).not.toBe(first.decision?.evidenceDigest);
  const sign = (state: ModelState) => approve(world.controller, MODEL, { by: "grace", decisionId: state.decision!.id, evidenceDigest: state.decision!.evidenceDigest, comment: "" });
  await expect(sign(first)).rejects.toMatchObject({ code: "conflict" });
  await sign(second);
  await tick(world.controller, MODEL);
  expect((await readState(world.controller, MODEL)).rollout?.status).toBe("promoted");
});

test("a challenger whose scores are too low is not admitted, and is told every rule it misses", async () => {
  const world = smallWorld();
  const policy = rampOf({
    admission: {
      offline: [
        { metric: "constraint_respect", ask: "equals", bound: { kind: "value", value: { parts: 1, of: 1 } } },
        { metric: "alignment", ask: "atLeast", bound: { kind: "champion", times: { parts: 1, of: 1 } } },
      ],
    },
  });
  const start = () => startRollout(world.controller, { policy, challenger: "2", by: "ada" });
  const score = (scores: Readonly<Record<string, Readonly<Record<string, number>>>>) => world.registry.set(MODEL, { ...world.model(), versions: world.model().versions.map((version) => ({ ...version, metrics: scores[version.version] ?? {} })) });
  score({ 1: { alignment: 0.8 }, 2: { alignment: 0.79, constraint_respect: 0.999 } });
  await expect(start()).rejects.toMatchObject({ code: "conflict", message: expect.stringMatching(/exactly 1.*at least the champion's 0.8/) });
  expect(entriesOf(world)).toEqual([]);
  score({ 1: { alignment: 0.8 }, 2: { alignment: 0.8, constraint_respect: 1 } });
  expect((await start()).rollout?.stage).toEqual({ index: 0, since: world.controller.clock.now() });
});
