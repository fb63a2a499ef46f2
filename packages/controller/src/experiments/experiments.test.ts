import { allocationOf, liveVariants, policyVersionOf, shareRecords, type ExperimentChange, type ExperimentView } from "@gauntlet/core";
import { beforeEach, describe, expect, test } from "vitest";

import { smallWorld, type SmallWorld } from "../testing/small-world.ts";
import { addExperimentCandidate } from "./add-candidate.ts";
import { allocateByHand } from "./allocate-by-hand.ts";
import type { ExperimentAct } from "./change-experiment.ts";
import type { PromotionEvidence } from "./check-promotion.ts";
import { createExperiment, type CreateExperiment } from "./create-experiment.ts";
import { promoteCandidate, rollbackCandidate, stepCandidate } from "./move-candidate.ts";
import { recordReplay } from "./record-replay.ts";
import { deliverTags } from "./registry-tags.ts";
import { retireVariant } from "./retire-variant.ts";
import { activateExperiment, completeExperiment, pauseExperiment } from "./set-status.ts";

const DAY = 86_400_000;
const MODEL = "planner_model";
const CONTROL = "aaaaaaaa-0000-4000-8000-000000000004";
const CANDIDATE = "aaaaaaaa-0000-4000-8000-000000000007";

let world: SmallWorld;
let keys = 0;

/** Policy version 1 runs model version 5 and is the baseline; policy version 2 runs model version 6. */
beforeEach(async () => {
  world = smallWorld();
  const version = (name: string, tags: Readonly<Record<string, string>>) => ({ version: name, digest: null, runId: null, stage: "None" as const, tags, metrics: {} });
  world.registry.set(MODEL, { aliases: {}, versions: [version("5", { stage: "production" }), version("6", { dataset_version: "train-1" })] });
  const { experiments } = world.controller.store;
  const common = { policyId: "cccccccc-0000-4000-8000-000000000001", policyName: "planner", mlflowModelName: MODEL, configDefaults: {}, status: "active", createdAt: 0 } as const;
  await experiments.addPolicyVersion({ ...common, id: CONTROL, mlflowModelVersion: "5" });
  await experiments.addPolicyVersion({ ...common, id: CANDIDATE, mlflowModelVersion: "6" });
});

const config = (policyVersion: string) => ({ policy_version_id: policyVersion, params: {} });
const request = (some: Partial<CreateExperiment> = {}): CreateExperiment => ({
  name: "planner_exp", description: null, unitType: "household", model: MODEL, startAt: null, endAt: null, actor: "ada", idempotencyKey: "create",
  variants: [
    { name: "control", description: null, role: "baseline", basisPoints: 5000, config: config(CONTROL.toUpperCase()) },
    { name: "B", description: null, role: "arm", basisPoints: 5000, config: { execution_strategy: "prompt_template", prompt_config: { prompt_version_id: CONTROL, model_provider: "local", model_name: "m" } } },
  ],
  ...some,
});

/** A change of the experiment as it is now. */
async function act(some: Partial<ExperimentAct> = {}): Promise<ExperimentAct> {
  const epoch = (await view()).experiment.epoch;
  return { experiment: "planner_exp", idempotencyKey: `key ${++keys}`, expectedEpoch: epoch, actor: "ada", reason: "because", ...some };
}

async function view(): Promise<ExperimentView> {
  return (await world.controller.store.experiments.find("planner_exp")) as ExperimentView;
}

async function journal(): Promise<readonly ExperimentChange[]> {
  return world.controller.store.experiments.journal((await view()).experiment.id);
}

const shares = (present: ExperimentView): Readonly<Record<string, number>> => Object.fromEntries(liveVariants(present).map(({ name, basisPoints }) => [name, basisPoints]));
const scores = { plan_alignment: 0.8, constraint_respect: 1, edit_distance: 0.7, diversity: 0.8, leftovers: 0.7 };

async function passReplay(some: Partial<Parameters<typeof recordReplay>[1]> = {}) {
  const cases = Array.from({ length: 5 }, () => ({ candidate: scores, baseline: scores }));
  return recordReplay(world.controller, {
    id: "dddddddd-0000-4000-8000-000000000001", mlflowModelName: MODEL, mlflowModelVersion: "6", policyVersionId: null, mlflowRunId: null,
    dataset: { version: "eval-1", window: null }, trainingWindow: null, baselineModelVersion: "5", cases, random: () => 0.5, ...some,
  });
}

async function started(): Promise<ExperimentView> {
  await createExperiment(world.controller, request());
  return activateExperiment(world.controller, await act());
}

async function withCandidate(initialBasisPoints = 1000): Promise<ExperimentView> {
  await started();
  await passReplay();
  return addExperimentCandidate(world.controller, { ...(await act()), policyVersionId: CANDIDATE, initialBasisPoints });
}

async function step(): Promise<ExperimentView> {
  const { experiment } = await view();
  return stepCandidate(world.controller, { ...(await act()), variant: "candidate_v2", evidence: { epoch: experiment.epoch, verdict: "increase", digest: "evidence" } });
}

async function evidence(some: Partial<PromotionEvidence> = {}): Promise<PromotionEvidence> {
  const checklist = { acceptance_not_worse: true, edits_not_worse: true, validator_not_worse: true, latency_in_bounds: true, cost_within_budget: true };
  return { epoch: (await view()).experiment.epoch, digest: "evidence", at: world.controller.clock.now() - 1, samples: 1000, checklist, ...some };
}

async function promoted(): Promise<ExperimentView> {
  await withCandidate();
  for (const _ of [2500, 5000]) {
    world.pass(3 * DAY);
    await step();
  }
  world.pass(7 * DAY);
  return promoteCandidate(world.controller, { ...(await act()), variant: "candidate_v2", evidence: await evidence() });
}

const stage = (version: string): string | undefined => world.registry.get(MODEL)?.versions.find((known) => known.version === version)?.tags["stage"];

describe("an experiment's life", () => {
  test("created as a draft, activated, paused, activated again, completed; each one journal row and one epoch", async () => {
    await createExperiment(world.controller, request());
    await activateExperiment(world.controller, await act());
    await pauseExperiment(world.controller, await act());
    await activateExperiment(world.controller, await act());
    expect((await completeExperiment(world.controller, await act())).experiment).toMatchObject({ status: "completed", epoch: 5 });
    expect((await journal()).map(({ op, epoch, actor, reason }) => [op, epoch, actor, reason])).toEqual([
      ["create", 1, "ada", "created"], ["activate", 2, "ada", "because"], ["pause", 3, "ada", "because"], ["activate", 4, "ada", "because"], ["complete", 5, "ada", "because"],
    ]);
    await expect(activateExperiment(world.controller, await act())).rejects.toMatchObject({ code: "conflict" });
  });
  test("a mismatch of the epoch is a conflict; a key that is sent again changes nothing; another request under it is refused", async () => {
    await started();
    const pause = await act();
    await expect(pauseExperiment(world.controller, { ...pause, expectedEpoch: 1 })).rejects.toMatchObject({ code: "epoch_conflict", status: 409 });
    const paused = await pauseExperiment(world.controller, pause);
    expect(await pauseExperiment(world.controller, pause)).toEqual(paused);
    await expect(activateExperiment(world.controller, pause)).rejects.toMatchObject({ code: "idempotency_mismatch" });
    await expect(pauseExperiment(world.controller, { ...pause, reason: "another" })).rejects.toMatchObject({ code: "idempotency_mismatch" });
    expect(await journal()).toHaveLength(3);
    await expect(pauseExperiment(world.controller, { ...pause, experiment: "unknown_exp" })).rejects.toMatchObject({ code: "not_found" });
  });
  test("creating again is creating once; what is unsound or unknown is refused", async () => {
    const created = await createExperiment(world.controller, request());
    expect(await createExperiment(world.controller, request())).toEqual(created);
    const [control, b] = request().variants as [CreateExperiment["variants"][number], CreateExperiment["variants"][number]];
    for (const [variants, code] of [
      [[control, { ...b, basisPoints: 4999 }], "invalid_input"],
      [[control, { ...b, role: "baseline" }], "invalid_input"],
      [[{ ...control, config: { feature_enabled: true } }, b], "invalid_input"],
      [[{ ...control, config: config("bbbbbbbb-0000-4000-8000-000000000000") }, b], "not_found"],
      [[{ ...control, name: "a b" }, b], "invalid_input"],
    ] as const) await expect(createExperiment(world.controller, request({ name: "other_exp", idempotencyKey: "other", model: null, variants }))).rejects.toMatchObject({ code });
    await expect(createExperiment(world.controller, request({ name: "other_exp" }))).rejects.toMatchObject({ code: "conflict" });
    await expect(createExperiment(world.controller, request({ id: "7", name: "other_exp" }))).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("a candidate", () => {
  test("contradiction 3 and 4: donors give whole basis points in proportion, their highest buckets; nobody moves between them", async () => {
    await started();
    const after = await withCandidateOf();
    expect(shares(after)).toEqual({ control: 4500, B: 4500, candidate_v2: 1000 });
    expect(liveVariants(after).map(({ ranges }) => ranges)).toEqual([[{ from: 0, to: 45_000 }], [{ from: 50_000, to: 95_000 }], [{ from: 45_000, to: 50_000 }, { from: 95_000, to: 100_000 }]]);
  });
  test("contradiction 13: its policy version is loaded, and must be active", async () => {
    await started();
    await passReplay();
    const wanted = { ...(await act()), policyVersionId: CANDIDATE, initialBasisPoints: 500 };
    await expect(addExperimentCandidate(world.controller, { ...wanted, policyVersionId: "bbbbbbbb-0000-4000-8000-000000000000" })).rejects.toMatchObject({ code: "not_found" });
    await world.controller.store.experiments.updatePolicyVersions([{ id: CANDIDATE, status: "deprecated" }]);
    await expect(addExperimentCandidate(world.controller, wanted)).rejects.toMatchObject({ code: "conflict" });
    await world.controller.store.experiments.updatePolicyVersions([{ id: CANDIDATE, status: "active" }]);
    expect(shares(await addExperimentCandidate(world.controller, wanted))).toEqual({ control: 4750, B: 4750, candidate_v2: 500 });
  });
  test("needs the tag, a replay that passed against the present baseline, a free name, and at most 10 %", async () => {
    await started();
    const add = async (initialBasisPoints = 1000) => addExperimentCandidate(world.controller, { ...(await act()), policyVersionId: CANDIDATE, initialBasisPoints });
    await expect(add()).rejects.toThrow("not tagged as a candidate");
    await passReplay({ baselineModelVersion: "4" });
    await expect(add()).rejects.toThrow("passed no offline replay against the present baseline");
    await passReplay();
    await expect(add(1001)).rejects.toMatchObject({ code: "invalid_input" });
    await add();
    await expect(add()).rejects.toMatchObject({ code: "conflict" });
  });
  test("a replay on what it learned from is refused; one that fails makes no candidate", async () => {
    await expect(passReplay({ dataset: { version: "train-1", window: null } })).rejects.toMatchObject({ code: "invalid_input" });
    const { replay, judgement } = await passReplay({ cases: [{ candidate: { ...scores, constraint_respect: 0 }, baseline: scores }] });
    expect(judgement.passed).toBe(false);
    expect(replay).toMatchObject({ isBetterThanBaseline: false, errorMessage: "0 of 1 cases keep every constraint" });
    expect(stage("6")).toBeUndefined();
    await passReplay();
    expect(stage("6")).toBe("candidate");
  });
  test("what the baseline scored on the same cases is kept too, so that both can be compared", async () => {
    await passReplay();
    const replays = await world.controller.store.experiments.replays({ mlflowModelName: MODEL });
    expect(replays.map(({ mlflowModelVersion, datasetVersion, scores: found, isBetterThanBaseline }) => [mlflowModelVersion, datasetVersion, found, isBetterThanBaseline]).toSorted()).toEqual([["5", "eval-1", scores, null], ["6", "eval-1", scores, true]]);
  });
  test("opened by a ramp, it owns nothing at first, and has a cohort of the baseline beside it", async () => {
    await started();
    await passReplay();
    const added = await addExperimentCandidate(world.controller, { ...(await act()), policyVersionId: CANDIDATE, initialBasisPoints: 0, control: true });
    expect(liveVariants(added).map(({ name, role, basisPoints }) => [name, role, basisPoints])).toEqual([["control", "baseline", 5000], ["B", "arm", 5000], ["candidate_v2", "candidate", 0], ["control_candidate_v2", "control", 0]]);
    expect(allocationOf(added, await world.controller.store.experiments.policyVersions({})).arms).toHaveLength(2);
  });
  test("contradiction 7: a variant is found by its policy version in whichever form its config was written", async () => {
    const present = await withCandidate();
    expect(present.variants.find((variant) => policyVersionOf(variant) === CONTROL)?.name).toBe("control");
    expect(present.variants.find((variant) => policyVersionOf(variant) === CANDIDATE)?.name).toBe("candidate_v2");
  });
  test("steps to the next rung on the verdict of the present epoch, and no further", async () => {
    const { experiment } = await withCandidate();
    const wrong = { variant: "candidate_v2", evidence: { epoch: experiment.epoch - 1, verdict: "increase", digest: "e" } } as const;
    await expect(stepCandidate(world.controller, { ...(await act()), ...wrong })).rejects.toMatchObject({ code: "conflict" });
    await expect(stepCandidate(world.controller, { ...(await act()), variant: "candidate_v2", evidence: { epoch: experiment.epoch, verdict: "wait", digest: "e" } })).rejects.toMatchObject({ code: "conflict" });
    expect(shares(await step())).toEqual({ control: 3750, B: 3750, candidate_v2: 2500 });
    expect(shares(await step())).toEqual({ control: 2500, B: 2500, candidate_v2: 5000 });
    expect((await journal()).at(-1)).toMatchObject({ op: "step", evidenceDigest: "evidence" });
    await expect(step()).rejects.toThrow("promotion");
  });
  test("contradiction 8: a rollback restores what was before it was added, in any state and without data", async () => {
    const before = await started();
    await passReplay();
    await addExperimentCandidate(world.controller, { ...(await act()), policyVersionId: CANDIDATE, initialBasisPoints: 1000 });
    await step();
    await pauseExperiment(world.controller, await act());
    const back = await rollbackCandidate(world.controller, { ...(await act()), variant: "candidate_v2", cause: "critical_bug" });
    expect(shares(back)).toEqual({ control: 5000, B: 5000, candidate_v2: 0 });
    expect(shareRecords(back).slice(0, 2)).toEqual(shareRecords(before));
    expect((await journal()).at(-1)).toMatchObject({ op: "rollback", reason: "critical_bug: because" });
    expect((await world.controller.store.experiments.policyVersion(CANDIDATE))?.status).toBe("archived");
    await expect(rollbackCandidate(world.controller, { ...(await act()), variant: "B", cause: "manual" })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a promotion", () => {
  test("contradiction 5 and 10: one transaction gives the winner everything, makes it baseline and default, and deprecates the former", async () => {
    const after = await promoted();
    expect(shares(after)).toEqual({ control: 0, B: 0, candidate_v2: 10_000 });
    expect(liveVariants(after).map(({ name, role }) => [name, role])).toEqual([["control", "arm"], ["B", "arm"], ["candidate_v2", "baseline"]]);
    const versions = await world.controller.store.experiments.policyVersions({});
    expect(versions.map(({ version, status, isDefault }) => [version, status, isDefault])).toEqual([[1, "deprecated", false], [2, "active", true]]);
    expect((await journal()).filter(({ op }) => op === "promote")).toHaveLength(1);
    expect((await completeExperiment(world.controller, await act())).experiment.status).toBe("completed");
  });
  test("contradiction 6: the registry follows from what the transaction left, however often that is tried", async () => {
    await promoted();
    expect([stage("5"), stage("6")]).toEqual(["production", "candidate"]);
    const broken = { ...world.controller, registry: { ...world.controller.registry, setTag: async () => { throw new Error("out"); } } };
    await expect(deliverTags(broken)).rejects.toThrow("out");
    expect(await deliverTags(world.controller)).toBe(4);
    expect([stage("5"), stage("6")]).toEqual(["archived", "production"]);
    expect(await deliverTags(world.controller)).toBe(0);
  });
  test("contradiction 9: a rollback after it restores shares, roles, the default and the production tag, with its reason", async () => {
    const before = await started();
    await promotedFrom();
    const back = await rollbackCandidate(world.controller, { ...(await act()), variant: "candidate_v2", cause: "metrics_regression" });
    expect(shareRecords(back).slice(0, 2)).toEqual(shareRecords(before));
    expect(shares(back)["candidate_v2"]).toBe(0);
    expect((await world.controller.store.experiments.policyVersions({})).map(({ status, isDefault }) => [status, isDefault])).toEqual([["active", true], ["archived", false]]);
    await deliverTags(world.controller);
    expect([stage("5"), stage("6")]).toEqual(["production", "archived"]);
    expect(world.registry.get(MODEL)?.versions.at(-1)?.tags["gauntlet.reason"]).toBe("metrics_regression");
  });
  test("needs the last rung, its dwell, fresh evidence and the whole checklist; everything that is missing is named", async () => {
    await withCandidate();
    world.pass(DAY);
    await step();
    const call = promoteCandidate(world.controller, { ...(await act()), variant: "candidate_v2", evidence: await evidence({ samples: 999, at: 0, checklist: { ...(await evidence()).checklist, cost_within_budget: false } }) });
    await expect(call).rejects.toMatchObject({
      code: "conflict",
      problems: [
        "the candidate stands at 2500 basis points, not at 5000", "it has been there for less than 7 days", "it was at some share for less than 3 days",
        "the evidence is not of the last 24 hours", "the evidence holds 999 plans, fewer than 1000", "cost_within_budget does not hold",
      ].map((detail) => ({ pointer: "", detail })),
    });
    expect(shares(await view())["candidate_v2"]).toBe(2500);
  });
  test("an experiment is completed only once the default is what its baseline runs", async () => {
    await started();
    await world.controller.store.experiments.updatePolicyVersions([{ id: CANDIDATE, isDefault: true }]);
    await expect(completeExperiment(world.controller, await act())).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("what is left", () => {
  test("contradiction 11: one that owned nothing for 14 days is archived, renamed once, and its name is free; nothing is deleted", async () => {
    await promoted();
    await expect(retireVariant(world.controller, { ...(await act()), variant: "candidate_v2" })).rejects.toMatchObject({ code: "conflict" });
    world.pass(14 * DAY - 1);
    await expect(retireVariant(world.controller, { ...(await act()), variant: "control" })).rejects.toThrow("13 days");
    world.pass(1);
    const after = await retireVariant(world.controller, { ...(await act()), variant: "control" });
    expect(after.variants.map(({ name, archivedAt }) => [name.replace(/\d{8}T\d{6}Z$/, "T"), archivedAt !== null])).toEqual([["control_archived_T", true], ["B", false], ["candidate_v2", false]]);
    await expect(retireVariant(world.controller, { ...(await act()), variant: "control" })).rejects.toMatchObject({ code: "not_found" });
  });
  test("contradiction 14: every change is a journal row with actor, reason, before and after; none is an event", async () => {
    await promoted();
    const rows = await journal();
    expect(rows.map(({ op }) => op)).toEqual(["create", "activate", "add_candidate", "step", "step", "promote"]);
    for (const [index, row] of rows.entries()) if (index > 0) expect(row.before.map(({ basisPoints }) => basisPoints)).toEqual(rows[index - 1]?.after.map(({ basisPoints }) => basisPoints));
    expect(await world.controller.store.experiments.events({ from: 0, to: Number.MAX_SAFE_INTEGER / 1e4, limit: 1 })).toEqual([]);
  });
  test("shares are set by hand, but a candidate is never raised so, nor emptied", async () => {
    await withCandidate();
    expect(shares(await allocateByHand(world.controller, { ...(await act()), shares: { B: 2000, candidate_v2: 500 } }))).toEqual({ control: 7500, B: 2000, candidate_v2: 500 });
    for (const wrong of [{ candidate_v2: 501 }, { candidate_v2: 0 }, { control: 0, candidate_v2: 500 }]) await expect(allocateByHand(world.controller, { ...(await act()), shares: wrong })).rejects.toMatchObject({ code: "conflict" });
    await expect(allocateByHand(world.controller, { ...(await act()), shares: { nobody: 1 } })).rejects.toMatchObject({ code: "not_found" });
    await expect(allocateByHand(world.controller, { ...(await act()), shares: { B: 10_001 } })).rejects.toMatchObject({ code: "invalid_input" });
  });
});

async function withCandidateOf(): Promise<ExperimentView> {
  await passReplay();
  return addExperimentCandidate(world.controller, { ...(await act()), policyVersionId: CANDIDATE, initialBasisPoints: 1000 });
}

async function promotedFrom(): Promise<void> {
  await withCandidateOf();
  for (const _ of [2500, 5000]) {
    world.pass(3 * DAY);
    await step();
  }
  world.pass(7 * DAY);
  await promoteCandidate(world.controller, { ...(await act()), variant: "candidate_v2", evidence: await evidence() });
}
