import { addCandidate, allocationOf, growTo, returnShares, shareRecords, type ExperimentView } from "@gauntlet/core";
import { expect } from "vitest";
import type { ExperimentStore, ExperimentUpdate } from "../../ports/experiment-store.ts";
import { aggregate, created, draft, event, EXPERIMENT_ID, HOUR, policyVersion, replay, row, START, update, uuid } from "./experiment-samples.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";

const OTHER_ID = uuid("d", 99);
const activate = (view: ExperimentView): ExperimentView => ({ ...view, experiment: { ...view.experiment, status: "active" } });
const candidate = { id: uuid("b", 9), name: "candidate_v7", description: null, config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: uuid("a", 1) }, params: {} }, basisPoints: 1000, at: START } as const;

async function active(experiments: ExperimentStore, shares?: readonly number[]): Promise<ExperimentView> {
  const view = await experiments.create(created(draft(shares)));
  return experiments.change(update(view, activate, { op: "activate" }));
}

/** What the store refused leaves everything as it was. */
async function refused(experiments: ExperimentStore, change: ExperimentUpdate, code: string): Promise<void> {
  const before = await experiments.find(change.next.experiment.id);
  const rows = await experiments.journal(change.next.experiment.id);
  await expect(experiments.change(change)).rejects.toMatchObject({ code });
  expect(await experiments.find(change.next.experiment.id)).toEqual(before);
  expect(await experiments.journal(change.next.experiment.id)).toEqual(rows);
}

const views: Readonly<Record<string, StoreCheck>> = {
  "what was created is read back, by id, by name, by model and in the list": async (harness) => {
    const { experiments } = harness.store;
    expect(await experiments.find("planner_exp")).toBeNull();
    expect(await experiments.create(created())).toEqual(draft());
    const again = (await harness.reopen()).experiments;
    for (const found of [await again.find(EXPERIMENT_ID), await again.find("planner_exp"), await again.ofModel("planner_model"), ...(await again.list())]) expect(found).toEqual(draft());
    expect(await again.ofModel("another")).toBeNull();
    expect(await again.journal(EXPERIMENT_ID)).toEqual([row(draft())]);
  },
  "creating again is creating once; a name, a model or an id is taken once": async ({ store: { experiments } }) => {
    await experiments.create(created());
    expect(await experiments.create(created())).toEqual(draft());
    const other = draft([10_000], { id: OTHER_ID, name: "other_exp", model: null });
    for (const taken of [{ ...other, experiment: { ...other.experiment, name: "planner_exp" } }, { ...other, experiment: { ...other.experiment, model: "planner_model" } }]) {
      await expect(experiments.create(created(taken))).rejects.toMatchObject({ code: "conflict" });
    }
    await expect(experiments.create({ ...draft(), change: row(draft(), { requestDigest: "another" }) })).rejects.toMatchObject({ code: "conflict" });
    await experiments.create(created(other));
    expect((await experiments.list()).map(({ experiment }) => experiment.name)).toEqual(["planner_exp", "other_exp"]);
  },
  "a change writes the view and its journal row together; what it read comes back byte for byte": async ({ store: { experiments } }) => {
    const before = await active(experiments);
    const change = update(before, (view) => addCandidate(view, candidate), { op: "add_candidate" });
    const after = await experiments.change(change);
    expect(after).toEqual(change.next);
    expect(await experiments.find("planner_exp")).toEqual(after);
    expect((await experiments.journal(EXPERIMENT_ID)).map(({ op, epoch }) => [op, epoch])).toEqual([["create", 1], ["activate", 2], ["add_candidate", 3]]);
    expect((await experiments.journal(EXPERIMENT_ID)).at(-1)).toEqual(change.change);
    const versions = [0, 1].map((number) => ({ ...policyVersion(number), version: 1, isDefault: false }));
    expect(allocationOf(after, versions)).toEqual(allocationOf(change.next, versions));
  },
  "the revision is another one after every change, and after nothing else": async ({ store: { experiments } }) => {
    const seen = [await experiments.revision()];
    const before = await experiments.create(created());
    seen.push(await experiments.revision());
    const change = update(before, activate, { op: "activate" });
    await experiments.change(change);
    seen.push(await experiments.revision());
    await experiments.change(change);
    await experiments.create(created());
    expect(await experiments.revision()).toBe(seen.at(-1));
    expect(new Set(seen).size).toBe(3);
  },
  "every view of a list is of one moment, whatever is written meanwhile": async (harness) => {
    const [writer, reader] = await twoStores(harness);
    let view = await active(writer.experiments);
    const seen: ExperimentView[] = [];
    for (let turn = 0; turn < 12; turn++) {
      const [changed, ...lists] = await Promise.all([
        writer.experiments.change(update(view, (now) => growTo(now, { arm_1: 3000 + turn * 100 }), { idempotencyKey: `turn ${turn}` })),
        ...Array.from({ length: 4 }, () => reader.experiments.list()),
      ]);
      view = changed;
      seen.push(...lists.flat());
    }
    const journal = await reader.experiments.journal(EXPERIMENT_ID);
    for (const one of seen) expect(shareRecords(one)).toEqual(journal.find(({ epoch }) => epoch === one.experiment.epoch)?.after);
  },
  "a key that was used changes nothing; for another request it is a mismatch": async ({ store: { experiments } }) => {
    const before = await active(experiments);
    const change = update(before, (view) => growTo(view, { arm_1: 5000 }));
    const after = await experiments.change(change);
    const later = await experiments.change(update(after, (view) => growTo(view, { arm_1: 4500 })));
    expect(await experiments.change(change)).toEqual(later);
    await refused(experiments, { ...change, change: { ...change.change, requestDigest: "another" } }, "idempotency_mismatch");
    expect(await experiments.journal(EXPERIMENT_ID)).toHaveLength(4);
  },
  "an epoch that is not the stored one is refused": async ({ store: { experiments } }) => {
    const before = await active(experiments);
    const change = update(before, (view) => growTo(view, { arm_1: 5000 }));
    await refused(experiments, { ...change, expectedEpoch: 1 }, "epoch_conflict");
    await refused(experiments, { ...change, expectedEpoch: 3 }, "epoch_conflict");
    await refused(experiments, { ...change, next: before }, "invalid_input");
    await expect(experiments.change(update(draft([10_000], { id: OTHER_ID }), activate))).rejects.toMatchObject({ code: "not_found" });
  },
  "an unsound experiment is refused: sums, partitions, baselines, archived owners (I3)": async ({ store: { experiments } }) => {
    const before = await active(experiments);
    const edits: readonly ((view: ExperimentView) => ExperimentView)[] = [
      (view) => ({ ...view, variants: view.variants.map((variant) => ({ ...variant, basisPoints: variant.basisPoints - 1 })) }),
      (view) => ({ ...view, variants: view.variants.map((variant) => ({ ...variant, ranges: [{ from: 0, to: variant.basisPoints * 10 }] })) }),
      (view) => ({ ...view, variants: view.variants.map((variant) => ({ ...variant, role: "baseline" })) }),
      (view) => ({ ...view, variants: view.variants.map((variant) => ({ ...variant, role: "arm" })) }),
      (view) => ({ ...view, variants: view.variants.map((variant) => ({ ...variant, archivedAt: variant.name === "arm_1" ? START : null })) }),
      (view) => ({ ...view, variants: view.variants.slice(0, 1) }),
      (view) => ({ ...view, variants: view.variants.map((variant) => ({ ...variant, name: "control" })) }),
      (view) => ({ ...view, experiment: { ...view.experiment, name: "renamed_exp" } }),
      (view) => ({ ...view, experiment: { ...view.experiment, model: null } }),
    ];
    for (const edit of edits) await refused(experiments, update(before, edit), "invalid_input");
    await expect(experiments.create(created({ ...draft(), variants: draft().variants.slice(0, 1) }))).rejects.toMatchObject({ code: "invalid_input" });
  },
  "contradiction 2: a config is frozen once the experiment left draft": async ({ store: { experiments } }) => {
    const reconfigure = (view: ExperimentView): ExperimentView => ({ ...view, variants: view.variants.map((variant) => ({ ...variant, config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: uuid("a", 5) }, params: {} } })) });
    const view = await experiments.create(created());
    const changed = await experiments.change(update(view, reconfigure));
    expect(changed.variants[0]?.config?.mlflow_model?.policy_version_id).toBe(uuid("a", 5));
    const live = await experiments.change(update(changed, activate));
    await refused(experiments, update(live, (present) => ({ ...present, variants: present.variants.map((variant) => ({ ...variant, config: candidate.config })) })), "invalid_input");
  },
  "the baseline changes hands, and a retired name is free again, in one change each": async ({ store: { experiments } }) => {
    const before = await active(experiments);
    const winner = await experiments.change(
      update(before, (view) => ({ ...growTo(view, { arm_1: 10_000 }), variants: growTo(view, { arm_1: 10_000 }).variants.map((variant) => ({ ...variant, role: variant.name === "arm_1" ? "baseline" : "arm" })) })),
    );
    expect(winner.variants.map(({ name, role, basisPoints }) => [name, role, basisPoints])).toEqual([["control", "arm", 0], ["arm_1", "baseline", 10_000]]);
    const retired = await experiments.change(update(winner, (view) => ({ ...view, variants: view.variants.map((variant) => (variant.name === "control" ? { ...variant, archivedAt: START + 9 } : variant)) })));
    const added = await experiments.change(update(retired, (view) => addCandidate(view, { ...candidate, name: "control" })));
    expect(added.variants.map(({ name, archivedAt }) => [name, archivedAt !== null])).toEqual([["control", true], ["arm_1", false], ["control", false]]);
  },
  "a rollback restores the ranges exactly": async ({ store: { experiments } }) => {
    const before = await active(experiments, [3334, 3333, 3333]);
    const grown = await experiments.change(update(before, (view) => growTo(addCandidate(view, candidate), { candidate_v7: 2500 })));
    const back = await experiments.change(update(grown, (view) => returnShares(view, "candidate_v7", shareRecords(before))));
    expect(shareRecords(back).slice(0, 3)).toEqual(shareRecords(before));
  },
  "of concurrent changes from one epoch, one is made": async (harness) => {
    const [one, two] = await twoStores(harness);
    const before = await active(one.experiments);
    const changes = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? one : two).experiments.change(update(before, (view) => growTo(view, { arm_1: 4100 + index }), { idempotencyKey: `racer ${index}` })));
    const settled = await Promise.allSettled(changes);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of settled) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "epoch_conflict" });
    expect(await one.experiments.journal(EXPERIMENT_ID)).toHaveLength(3);
  },
  "tags of a change are kept until they are set": async ({ store: { experiments } }) => {
    const before = await active(experiments);
    const tags = [{ model: "planner_model", version: "6", name: "stage", value: "production" }, { model: "planner_model", version: "5", name: "stage", value: "archived" }];
    const change = update(before, (view) => view);
    await experiments.change({ ...change, tags });
    await experiments.change({ ...change, tags });
    const pending = await experiments.pendingTags(10);
    expect(pending.map(({ model, version, name, value }) => ({ model, version, name, value }))).toEqual(tags);
    expect(await experiments.pendingTags(1)).toEqual(pending.slice(0, 1));
    await experiments.tagDone(pending[0]?.id ?? "");
    expect(await experiments.pendingTags(10)).toEqual(pending.slice(1));
  },
};

const versions: Readonly<Record<string, StoreCheck>> = {
  "contradiction 12: versions of a policy count from 1, whoever adds them at once": async (harness) => {
    const stores = await twoStores(harness);
    const added = await Promise.all(Array.from({ length: 6 }, (_, index) => (stores[index % 2] ?? stores[0]).experiments.addPolicyVersion(policyVersion(index, { policyId: uuid("c", index) }))));
    expect(added.map(({ version }) => version).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(added.map(({ policyId }) => policyId)).size).toBe(1);
    const { experiments } = harness.store;
    const again = await experiments.addPolicyVersion(policyVersion(3));
    expect(again.version).toBe(added[3]?.version);
    await expect(experiments.addPolicyVersion(policyVersion(3, { mlflowModelVersion: "other" }))).rejects.toMatchObject({ code: "conflict" });
    const listed = await experiments.policyVersions({ policyName: "planner" });
    expect(listed.map(({ version, isDefault }) => [version, isDefault])).toEqual([[1, true], [2, false], [3, false], [4, false], [5, false], [6, false]]);
  },
  "a policy version is found by id, model and policy; its status and the default change": async ({ store: { experiments } }) => {
    const first = await experiments.addPolicyVersion(policyVersion(0));
    const second = await experiments.addPolicyVersion(policyVersion(1));
    const other = await experiments.addPolicyVersion(policyVersion(2, { policyName: "ranker", policyId: uuid("c", 2), mlflowModelName: "meal_ranker_model" }));
    expect(first).toEqual({ ...policyVersion(0), version: 1, isDefault: true });
    expect(await experiments.policyVersion(second.id)).toEqual(second);
    expect(await experiments.policyVersion(uuid("a", 77))).toBeNull();
    expect(await experiments.policyVersions({})).toEqual([first, second, other]);
    expect(await experiments.policyVersions({ mlflowModelName: "meal_ranker_model" })).toEqual([other]);
    await experiments.updatePolicyVersions([{ id: first.id, status: "deprecated" }, { id: second.id, isDefault: true }]);
    expect(await experiments.policyVersions({ policyName: "planner" })).toEqual([{ ...first, status: "deprecated", isDefault: false }, { ...second, isDefault: true }]);
    await expect(experiments.updatePolicyVersions([{ id: uuid("a", 77), status: "active" }])).rejects.toMatchObject({ code: "not_found" });
  },
  "a change of an experiment and of its policy versions is one": async ({ store: { experiments } }) => {
    const before = await active(experiments);
    const version = await experiments.addPolicyVersion(policyVersion(0));
    await refused(experiments, { ...update(before, (view) => view), policyVersions: [{ id: version.id, status: "archived" }, { id: uuid("a", 77), status: "active" }] }, "not_found");
    expect((await experiments.policyVersion(version.id))?.status).toBe("active");
    await experiments.change({ ...update(before, (view) => view), policyVersions: [{ id: version.id, status: "archived" }] });
    expect((await experiments.policyVersion(version.id))?.status).toBe("archived");
  },
  "replays are kept by model version, newest first, and completed under their id": async ({ store: { experiments } }) => {
    await experiments.recordReplay(replay(1, { status: "running", isBetterThanBaseline: null, intervals: null }));
    await experiments.recordReplay(replay(2, { mlflowModelVersion: "7", isBetterThanBaseline: false }));
    await experiments.recordReplay(replay(1));
    await experiments.recordReplay(replay(3));
    expect(await experiments.replays({ mlflowModelName: "planner_model", mlflowModelVersion: "6" })).toEqual([replay(3), replay(1)]);
    expect(await experiments.replays({ mlflowModelName: "planner_model" })).toEqual([replay(3), replay(2, { mlflowModelVersion: "7", isBetterThanBaseline: false }), replay(1)]);
    expect(await experiments.replays({ mlflowModelName: "none" })).toEqual([]);
  },
};

const records: Readonly<Record<string, StoreCheck>> = {
  "contradiction 1: an assignment is kept once for unit and epoch, and newer epochs supersede it": async ({ store: { experiments } }) => {
    await active(experiments);
    const one = { experimentId: EXPERIMENT_ID, variantId: uuid("b", 0), unitType: "household", unitId: "h1", epoch: 2, assignedAt: START };
    await experiments.recordAssignments([one, { ...one, unitType: "user" }]);
    await experiments.recordAssignments([{ ...one, variantId: uuid("b", 1), assignedAt: START + 1 }]);
    expect(await experiments.assignments(EXPERIMENT_ID, [{ unitType: "household", unitId: "h1" }, { unitType: "household", unitId: "unknown" }])).toEqual([one]);
    const newer = { ...one, variantId: uuid("b", 1), epoch: 5 };
    await experiments.recordAssignments([newer, { ...one, epoch: 3 }]);
    expect(await experiments.assignments(EXPERIMENT_ID, [{ unitType: "household", unitId: "h1" }])).toEqual([newer]);
    expect(await experiments.assignments(EXPERIMENT_ID, [{ unitType: "user", unitId: "h1" }])).toEqual([{ ...one, unitType: "user" }]);
    await experiments.recordAssignments([]);
  },
  "an event whose id is known is left as it is, and named as not new": async ({ store: { experiments } }) => {
    expect(await experiments.recordEvents([event(1), event(2), event(1, { unitId: "twice" })])).toEqual([event(1).id, event(2).id]);
    expect(await experiments.recordEvents([event(2, { eventType: "custom.x" }), event(3, { payload: null, experiments: [], flags: ["late", "no_experiment"] })])).toEqual([event(3).id]);
    expect(await experiments.events({ from: START, to: START + 100, limit: 10 })).toEqual([event(1), event(2), event(3, { payload: null, experiments: [], flags: ["late", "no_experiment"] })]);
    expect(await experiments.recordEvents([])).toEqual([]);
  },
  "events are read in pages, by time and id": async ({ store: { experiments } }) => {
    const all = [1, 2, 3, 4, 5].map((number) => event(number, { timestamp: START + Math.ceil(number / 2) }));
    await experiments.recordEvents(all.toReversed());
    const first = await experiments.events({ from: START, to: START + 10, limit: 2 });
    expect(first).toEqual(all.slice(0, 2));
    expect(await experiments.events({ from: START, to: START + 10, limit: 2, after: { timestamp: START + 1, id: all[1]?.id ?? "" } })).toEqual(all.slice(2, 4));
    expect(await experiments.events({ from: START + 2, to: START + 3, limit: 10 })).toEqual(all.slice(2, 4));
    expect(await experiments.eventsOfPlans(["p5", "p1", "none"])).toEqual([all[0], all[4]]);
    expect(await experiments.forgetEvents(START + 2)).toBe(2);
    expect(await experiments.events({ from: 0, to: START + 10, limit: 10 })).toEqual(all.slice(2));
  },
  "a plan marks its hour, and so does whatever comes later about it": async ({ store: { experiments } }) => {
    const hours = async (): Promise<unknown> => (await experiments.dirtyBuckets({ bucketType: "hourly", limit: 10 })).map(({ bucketStart, mark }) => [bucketStart, mark]);
    await experiments.recordEvents([event(1), event(2, { eventType: "plan_accepted", payload: { plan_id: "later" }, timestamp: START + 5 * HOUR })]);
    expect(await hours()).toEqual([[START, 1]]);
    await experiments.recordEvents([event(3, { payload: { plan_id: "later" }, timestamp: START + 2 * HOUR })]);
    await experiments.recordEvents([event(4, { eventType: "plan_accepted", payload: { plan_id: "p1" }, timestamp: START + 9 * HOUR })]);
    expect(await hours()).toEqual([[START, 2], [START + 2 * HOUR, 1]]);
    await experiments.recordEvents([event(4, { eventType: "plan_accepted", payload: { plan_id: "p1" } })]);
    expect(await experiments.dirtyBuckets({ bucketType: "hourly", limit: 1 })).toEqual([{ bucketType: "hourly", bucketStart: START, mark: 2 }]);
  },
  "aggregates of an hour are replaced; its mark goes unless it was marked meanwhile; its day is marked": async ({ store: { experiments } }) => {
    await active(experiments);
    await experiments.recordEvents([event(1)]);
    const [seen] = await experiments.dirtyBuckets({ bucketType: "hourly", limit: 1 });
    if (seen === undefined) throw new Error("the hour is not marked");
    await experiments.recordEvents([event(2)]);
    await experiments.putAggregates(seen, [aggregate(), aggregate({ metricName: "cost_per_plan", stddev: null, histogram: null })]);
    const [again] = await experiments.dirtyBuckets({ bucketType: "hourly", limit: 1 });
    expect(again).toEqual({ ...seen, mark: 2 });
    await experiments.putAggregates(again ?? seen, [aggregate({ variantId: uuid("b", 1) }), aggregate({ count: 4 })]);
    expect(await experiments.dirtyBuckets({ bucketType: "hourly", limit: 1 })).toEqual([]);
    expect(await experiments.dirtyBuckets({ bucketType: "daily", limit: 9 })).toEqual([{ bucketType: "daily", bucketStart: START, mark: 2 }]);
    const query = { bucketType: "hourly", from: START, to: START + HOUR } as const;
    expect(await experiments.aggregates({ ...query, experimentId: EXPERIMENT_ID })).toEqual([aggregate({ count: 4 }), aggregate({ variantId: uuid("b", 1) })]);
    expect(await experiments.aggregates(query)).toHaveLength(2);
    expect(await experiments.aggregates({ ...query, experimentId: OTHER_ID })).toEqual([]);
    expect(await experiments.forgetAggregates("daily", START + HOUR)).toBe(0);
    expect(await experiments.forgetAggregates("hourly", START + HOUR)).toBe(2);
  },
};

export const experimentChecks: Readonly<Record<string, StoreCheck>> = { ...views, ...versions, ...records };
