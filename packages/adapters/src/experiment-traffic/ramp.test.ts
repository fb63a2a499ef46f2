import { pauseExperiment, readState, recordOutcomes, request, startRollout, tick, type Controller, type ExperimentStore } from "@gauntlet/controller";
import { activeExperiment, CANDIDATE, emptyMemory, memoryArtifacts, memoryRegistry, memoryTraffic, openMemoryStore, type RegistryMemory } from "@gauntlet/controller/testing";
import { addCandidate, armOf, gatherEvidence, otherFigures, replayEntry, shareRecords, sharesOf, type Allocation, type Experiment, type ModelState, type Outcome, type RampPolicy } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import { experimentTraffic } from "./experiment-traffic.ts";

const MODEL = "planner_model";
const MINUTE = 60_000;
const TWO_THIRDS = [6000, 4000] as const;

/** Version 2 is the baseline's, 3 that of a third arm, 9 the candidate's. */
const POLICY: RampPolicy = {
  kind: "ramp",
  name: "planner",
  model: MODEL,
  mode: "strict",
  metrics: { accepted: "rate" },
  bucketMs: MINUTE,
  approval: null,
  effects: ["registry.alias", "registry.tag", "traffic"],
  impact: null,
  experiment: "planner_exp",
  admission: { offline: [{ metric: "plan_alignment_score", ask: "atLeast", bound: { kind: "champion", times: { parts: 1, of: 1 } } }] },
  stages: [
    { name: "10", basisPoints: 1000, dwellMs: 10 * MINUTE },
    { name: "50", basisPoints: 5000, dwellMs: 10 * MINUTE },
    { name: "production", basisPoints: 10_000, dwellMs: null },
  ],
  control: "rest",
  maturityMs: 0,
  minSamples: 60,
  srmAlpha: { parts: 1, of: 1000 },
  alpha: { parts: 1, of: 20 },
  spending: "each",
  harmAlpha: { parts: 1, of: 1000 },
  checks: [{ kind: "noWorseThan", metric: "accepted", figure: { kind: "rate" }, better: "higher", margin: { parts: 1, of: 4 }, floor: { parts: 1, of: 200 } }],
};

interface World {
  readonly controller: Controller;
  readonly experiments: ExperimentStore;
  readonly pass: (ms: number) => void;
}

async function world(initialBasisPoints = 0, before: readonly number[] = TWO_THIRDS): Promise<World> {
  let now = 1_767_225_600_000;
  const registry: RegistryMemory = new Map([[MODEL, { aliases: { champion: "2" }, versions: ["2", "3", "4", "9"].map((version) => ({ version, digest: `sha256:${version.repeat(64)}`, runId: null, stage: "None", tags: {}, metrics: {} })) }]]);
  const store = openMemoryStore(emptyMemory());
  const clock = { now: () => now };
  const { experiments } = store;
  const view = await activeExperiment(experiments, before, { name: "planner_exp", model: MODEL });
  const added = addCandidate(view, { ...CANDIDATE, basisPoints: initialBasisPoints });
  const next = { ...added, experiment: { ...view.experiment, epoch: 3 } };
  const change = { experimentId: view.experiment.id, epoch: 3, op: "add_candidate", actor: "ada", reason: "", at: 1, before: shareRecords(view), after: shareRecords(next), evidenceDigest: null, idempotencyKey: "add", requestDigest: "add" } as const;
  await experiments.change({ next, expectedEpoch: 2, change });
  const traffic = experimentTraffic({ experiments, otherwise: memoryTraffic(), clock });
  return { experiments, pass: (ms) => void (now += ms), controller: { store, registry: memoryRegistry(registry), artifacts: memoryArtifacts(registry, new Map()), traffic, clock, holder: "one", leaseMs: 10_000 } };
}

async function replayed({ experiments }: World, version: string, alignment: number): Promise<void> {
  const scores = { plan_alignment: alignment, constraint_respect: 1, edit_distance: null, diversity: null, leftovers: null };
  await experiments.recordReplay({ id: `00000000-0000-4000-8000-00000000000${version}`, mlflowModelName: MODEL, mlflowModelVersion: version, policyVersionId: null, datasetVersion: "2026-01", mlflowRunId: null, scores, intervals: {}, baselineModelVersion: "2", status: "completed", isBetterThanBaseline: true, errorMessage: null, createdAt: 1 });
}

async function serve({ controller, pass }: World, { rollout }: ModelState, accepted: number): Promise<void> {
  const { allocation } = rollout!;
  const now = controller.clock.now();
  const shares = sharesOf(allocation);
  const outcomes = allocation.arms.flatMap(({ slot, version }) =>
    Array.from({ length: shares[slot]! / 10 }, (_, i): Outcome => ({ requestId: `${now}-${slot}-${i}`, at: now + (i % 400) * 1000, model: MODEL, version, slot, mode: "live", epoch: allocation.epoch, unit: `${slot}${i}`, prediction: null, metrics: { accepted: i % 10 < (slot === CANDIDATE.name ? accepted : 8) ? 1 : 0 } })),
  );
  pass(8 * MINUTE);
  await recordOutcomes(controller, { model: MODEL, batchId: `b${now}`, outcomes, labels: [] });
}

/** The shares of the experiment as they change, tick by tick. */
interface Climb {
  readonly policy?: RampPolicy;
  readonly watched?: number;
  readonly seen?: (allocation: Allocation) => void;
}

async function climb(one: World, accepted: number, { policy = POLICY, watched = accepted, seen = () => undefined }: Climb = {}): Promise<readonly Readonly<Record<string, number>>[]> {
  await replayed(one, "2", 0.8);
  await replayed(one, "9", 0.8);
  await startRollout(one.controller, { policy, challenger: "9", by: "ada" });
  const path: string[] = [];
  for (let step = 0; step < 12; step++) {
    await tick({ ...one.controller, holder: `process ${step}` }, MODEL);
    const state = await readState(one.controller, MODEL);
    const allocation = (await one.controller.traffic.read(MODEL)) as Allocation;
    seen(allocation);
    const shares = JSON.stringify(sharesOf(allocation));
    if (path.at(-1) !== shares) path.push(shares);
    if (state.rollout?.status !== "running") break;
    await serve(one, state, state.rollout.stage?.before === undefined ? accepted : watched);
  }
  return path.map((shares) => JSON.parse(shares) as Readonly<Record<string, number>>);
}

test.each([0, 1000])("a candidate that begins with %i basis points ramps in its experiment, and is the baseline in the end", async (initial) => {
  const one = await world(initial);
  expect(await climb(one, 10)).toEqual([{ control: 5400, arm_1: 3600, candidate_v7: 1000 }, { control: 3000, arm_1: 2000, candidate_v7: 5000 }, { candidate_v7: 10_000 }]);
  const view = (await one.experiments.find("planner_exp"))!;
  expect(view.variants.filter(({ role }) => role === "baseline").map(({ name }) => name)).toEqual(["candidate_v7"]);
  expect((await one.experiments.journal(view.experiment.id)).map(({ op }) => op).slice(-3)).toEqual(["step", "step", "promote"]);
  const head = await one.controller.store.ledger.read(MODEL, 0, 100);
  expect(head.map(replayEntry).filter((replay) => replay !== null).every(({ same }) => same)).toBe(true);
});

describe.each(["strict", "compat"] as const)("contradictions of document 001 that a ramp meets in its experiment, in %s mode", (mode) => {
  const policy: RampPolicy = { ...POLICY, mode };
  const units = Array.from({ length: 2000 }, (_, index) => `household-${index}`);

  test("1 and 4: who was assigned moves with the epoch, to the candidate and to nobody else, and back by a rollback", async () => {
    const one = await world();
    const allocations: Allocation[] = [(await one.controller.traffic.read(MODEL)) as Allocation];
    await climb(one, 10, { policy, seen: (allocation) => allocations.push(allocation) });
    const given = allocations.map((allocation) => units.map((unit) => armOf(allocation, unit).slot));
    const moves = given.slice(1).flatMap((after, index) => units.flatMap((_, unit) => (after[unit] === given[index]?.[unit] ? [] : [after[unit]])));
    expect(new Set(moves)).toEqual(new Set(["candidate_v7"]));
    expect(moves).toHaveLength(units.length);
    await request(one.controller, MODEL, { kind: "rollback", by: "grace", reason: "now" });
    await tick(one.controller, MODEL);
    const back = (await one.controller.traffic.read(MODEL)) as Allocation;
    expect(units.map((unit) => armOf(back, unit).slot)).toEqual(given[0]);
    expect(back.epoch).toBeGreaterThan(allocations.at(-1)!.epoch);
  });

  test("3: shares are whole basis points by largest remainder, and sum at every rung", async () => {
    const one = await world(0, [3334, 3333, 3333]);
    const thirds = await climb(one, 10, { policy: { ...policy, stages: [{ name: "10", basisPoints: 1000, dwellMs: 10 * MINUTE }, { name: "25", basisPoints: 2500, dwellMs: 10 * MINUTE }, ...policy.stages.slice(1)] } });
    expect(thirds.slice(0, 2)).toEqual([{ control: 3000, arm_1: 3000, arm_2: 3000, candidate_v7: 1000 }, { control: 2500, arm_1: 2500, arm_2: 2500, candidate_v7: 2500 }]);
    for (const shares of thirds) expect(Object.values(shares).reduce((sum, one) => sum + one, 0)).toBe(10_000);
  });

  test("5, 6, 10 and 14: one journal row gives the winner everything, makes it baseline and default, and deprecates the former; the registry follows", async () => {
    const one = await world();
    await climb(one, 10, { policy });
    const view = (await one.experiments.find("planner_exp"))!;
    const row = (await one.experiments.journal(view.experiment.id)).at(-1)!;
    expect(row).toMatchObject({ op: "promote", actor: "rollout", epoch: view.experiment.epoch });
    expect(row.after.map(({ name, role, basisPoints }) => [name, role, basisPoints]).toSorted()).toEqual([["arm_1", "arm", 0], ["candidate_v7", "baseline", 10_000], ["control", "arm", 0]]);
    const versions = await one.experiments.policyVersions({});
    expect(Object.fromEntries(versions.map(({ mlflowModelVersion, status, isDefault }) => [mlflowModelVersion, `${status}${isDefault ? ", default" : ""}`]))).toEqual({ 2: "deprecated", 3: "active", 9: "active, default" });
    const { aliases } = await one.controller.registry.read(MODEL, []);
    expect(aliases).toEqual({ champion: "9", previous: "2" });
    expect(view.experiment.status).toBe("active");
  });

  test("8 and 9: a rollback after the promotion restores third arms, roles, the default and the predecessor's tag, and says why", async () => {
    const one = await world();
    await climb(one, 10, { policy });
    await request(one.controller, MODEL, { kind: "rollback", by: "grace", reason: "now" });
    await tick(one.controller, MODEL);
    expect(sharesOf((await one.controller.traffic.read(MODEL)) as Allocation)).toEqual({ control: 6000, arm_1: 4000 });
    const versions = await one.experiments.policyVersions({});
    expect(versions.find(({ isDefault }) => isDefault)?.mlflowModelVersion).toBe("2");
    const tags = Object.fromEntries((await one.controller.registry.read(MODEL, ["2", "9"])).versions.map((version) => [version.version, version.tags]));
    expect(tags["2"]).toMatchObject({ "gauntlet.lifecycle": "production", ...(mode === "compat" ? { stage: "production" } : {}) });
    expect(tags["9"]).toMatchObject({ "gauntlet.lifecycle": "archived", "gauntlet.reason": "manual" });
  });
});

test("third arms have evidence of their own, which nobody is judged by, and which the health of evidence counts", async () => {
  const health = { splitGapMax: { parts: 1, of: 50 }, crossedMax: { parts: 1, of: 100 }, joinedMin: { parts: 19, of: 20 }, lagMaxMs: null, silenceMaxMs: 5 * MINUTE, sourceAgeMaxMs: MINUTE };
  const policy: RampPolicy = { ...POLICY, health };
  const one = await world();
  await replayed(one, "2", 0.8);
  await replayed(one, "9", 0.8);
  await startRollout(one.controller, { policy, challenger: "9", by: "ada" });
  await tick(one.controller, MODEL);
  await serve(one, await readState(one.controller, MODEL), 10);
  const { rollout } = await readState(one.controller, MODEL);
  const cells = await one.controller.store.evidence.cells({ model: MODEL, epoch: rollout!.allocation.epoch, from: 0, to: one.controller.clock.now() });
  expect(otherFigures(policy, rollout!, gatherEvidence(cells))).toEqual({ accepted: [{ slot: "arm_1", version: "3", value: 0.8, n: 360 }] });
  const judged = await tick(one.controller, MODEL);
  expect("judged" in judged && judged.judged?.decision.checks.filter(({ id }) => id === "split" || id === "silence").map(({ status }) => status)).toEqual(["pass", "pass"]);
  const stranger = { requestId: "s", at: one.controller.clock.now(), model: MODEL, version: "4", slot: "arm_1", mode: "live", epoch: rollout!.allocation.epoch, unit: "u", prediction: null, metrics: { accepted: 1 } } as const;
  const answer = await recordOutcomes(one.controller, { model: MODEL, batchId: "stranger", outcomes: [stranger], labels: [] });
  expect(answer.rejected[0]?.detail).toBe(`version "4" did not serve in epoch ${rollout!.allocation.epoch}; 2, 9 and 3 did`);
});

const WATCHED: RampPolicy = { ...POLICY, stages: POLICY.stages.map((stage) => ({ ...stage, dwellMs: stage.dwellMs ?? 20 * MINUTE })) };

test("a candidate that is watched has everything before it is promoted, and the promotion moves nobody again", async () => {
  const one = await world();
  expect((await climb(one, 10, { policy: WATCHED })).at(-1)).toEqual({ candidate_v7: 10_000 });
  const { rollout, epoch } = await readState(one.controller, MODEL);
  expect(rollout).toMatchObject({ status: "promoted", stage: { index: 2 }, allocation: { epoch } });
  const { experiment } = (await one.experiments.find("planner_exp"))!;
  expect((await one.experiments.journal(experiment.id)).map(({ op }) => op).slice(-3)).toEqual(["step", "step", "promote"]);
  expect((await one.controller.registry.read(MODEL, [])).aliases["champion"]).toBe("9");
});

test("harm while it has everything gives back exactly what it took, third arms and roles too", async () => {
  const one = await world();
  expect((await climb(one, 10, { policy: WATCHED, watched: 1 })).slice(-2)).toEqual([{ candidate_v7: 10_000 }, { control: 6000, arm_1: 4000 }]);
  expect(await readState(one.controller, MODEL)).toMatchObject({ rollout: { status: "rolled_back" }, decision: { reason: "harm" } });
  const view = (await one.experiments.find("planner_exp"))!;
  expect(view.variants.find(({ role }) => role === "baseline")?.name).toBe("control");
  expect((await one.controller.registry.read(MODEL, [])).aliases["champion"]).toBe("2");
});

test.each([0, 1000])("a harmful one that began with %i basis points gives back exactly what it took", async (initial) => {
  const one = await world(initial);
  expect((await climb(one, 1)).at(-1)).toEqual({ control: 6000, arm_1: 4000 });
  expect((await readState(one.controller, MODEL)).rollout?.status).toBe("rolled_back");
});

test("a person's rollback comes at any stage", async () => {
  const one = await world(1000);
  await replayed(one, "2", 0.8);
  await replayed(one, "9", 0.8);
  await startRollout(one.controller, { policy: POLICY, challenger: "9", by: "ada" });
  await tick(one.controller, MODEL);
  await request(one.controller, MODEL, { kind: "rollback", by: "grace", reason: "now" });
  await tick(one.controller, MODEL);
  expect(sharesOf((await one.controller.traffic.read(MODEL)) as Allocation)).toEqual({ control: 6000, arm_1: 4000 });
});

test("a pause in the middle begins the stage anew, with evidence of its own, and the ramp goes on", async () => {
  const one = await world();
  await replayed(one, "2", 0.8);
  await replayed(one, "9", 0.8);
  await startRollout(one.controller, { policy: POLICY, challenger: "9", by: "ada" });
  await tick(one.controller, MODEL);
  await serve(one, await readState(one.controller, MODEL), 10);
  const before = await readState(one.controller, MODEL);
  for (const [op, status] of [["pause", "paused"], ["activate", "active"]] as const) {
    const view = (await one.experiments.find("planner_exp"))!;
    const { id, epoch } = view.experiment;
    const next = { ...view, experiment: { ...view.experiment, status, epoch: epoch + 1 } };
    await one.experiments.change({ next, expectedEpoch: epoch, change: { experimentId: id, epoch: epoch + 1, op, actor: "ada", reason: "", at: 1, before: shareRecords(view), after: shareRecords(next), evidenceDigest: null, idempotencyKey: op, requestDigest: op } });
    one.pass(MINUTE);
    await tick(one.controller, MODEL);
  }
  const after = await readState(one.controller, MODEL);
  expect(after.rollout).toMatchObject({ status: "running", stage: { index: 0, since: one.controller.clock.now() }, allocation: { arms: before.rollout!.allocation.arms } });
  expect(after.rollout!.allocation.epoch).toBe(before.rollout!.allocation.epoch + 4);
  await serve(one, await readState(one.controller, MODEL), 10);
  await tick(one.controller, MODEL);
  expect((await readState(one.controller, MODEL)).decision).toMatchObject({ verdict: "hold", reason: "min_duration" });
  one.pass(2 * MINUTE);
  await tick(one.controller, MODEL);
  expect(sharesOf((await one.controller.traffic.read(MODEL)) as Allocation)).toEqual({ control: 3000, arm_1: 2000, candidate_v7: 5000 });
  const entries = await one.controller.store.ledger.read(MODEL, 0, 100);
  expect(entries.map(replayEntry).filter((replay) => replay !== null).every(({ same }) => same)).toBe(true);
  expect(entries.flatMap(({ event }) => (event.kind === "decision" && event.decision.reason === "split_not_realised" ? [event.decision.sentence] : []))[0]).toMatch(/begins its stage anew: somebody changed the experiment/);
});

test.each<[string, Partial<RampPolicy>, Partial<Experiment>, string, RegExp]>([
  ["an experiment that there is not", { experiment: "another" }, {}, "9", /no experiment "another"/],
  ["one that is paused", {}, { status: "paused" }, "9", /is paused/],
  ["a version that no candidate runs", {}, {}, "3", /no candidate of the experiment "planner_exp" runs version 3/],
  ["a cohort of control that there is not", { control: "equal" }, {}, "9", /no variant of role control/],
  ["a policy that does not name it", { experiment: null }, {}, "9", /split by the experiment "planner_exp"/],
])("refused: %s", async (_, policy, change, challenger, message) => {
  const one = await world();
  await replayed(one, "2", 0.8);
  for (const version of ["3", "9"]) await replayed(one, version, 0.8);
  const view = (await one.experiments.find("planner_exp"))!;
  const next = { ...view, experiment: { ...view.experiment, ...change, epoch: 4 } };
  if (Object.keys(change).length > 0) {
    await one.experiments.change({ next, expectedEpoch: 3, change: { experimentId: view.experiment.id, epoch: 4, op: "pause", actor: "ada", reason: "", at: 1, before: shareRecords(view), after: shareRecords(next), evidenceDigest: null, idempotencyKey: "p", requestDigest: "p" } });
  }
  await expect(startRollout(one.controller, { policy: { ...POLICY, ...policy }, challenger, by: "ada" })).rejects.toThrow(message);
});

test("admission goes by the newest completed replay, on the data of both", async () => {
  const one = await world();
  const start = () => startRollout(one.controller, { policy: POLICY, challenger: "9", by: "ada" });
  await expect(start()).rejects.toThrow(/plan_alignment_score of the challenger is not known/);
  await replayed(one, "9", 0.79);
  await expect(start()).rejects.toThrow(/of the champion is not known/);
  await replayed(one, "2", 0.8);
  await expect(start()).rejects.toThrow(/is 0.79, and must be at least the champion's 0.8/);
});

test("while a rollout moves it, nobody else does; once it is over, anybody may", async () => {
  const one = await world();
  await replayed(one, "2", 0.8);
  await replayed(one, "9", 0.8);
  await startRollout(one.controller, { policy: POLICY, challenger: "9", by: "ada" });
  const pause = async () => pauseExperiment(one.controller, { experiment: "planner_exp", idempotencyKey: "pause", expectedEpoch: (await one.experiments.find("planner_exp"))!.experiment.epoch, actor: "grace", reason: "now" });
  await expect(pause()).rejects.toMatchObject({ code: "conflict" });
  await tick(one.controller, MODEL);
  await expect(pause()).rejects.toMatchObject({ code: "conflict" });
  await request(one.controller, MODEL, { kind: "reject", by: "grace", reason: "now" });
  await tick(one.controller, MODEL);
  expect((await pause()).experiment.status).toBe("paused");
});
