import type { ExperimentStore } from "@gauntlet/controller";
import { activeExperiment, CANDIDATE, memoryTraffic, openMemoryStore, trafficConformance } from "@gauntlet/controller/testing";
import { addCandidate, allocate, allocationOf, reallocate, shareRecords, type Allocation, type ExperimentView } from "@gauntlet/core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { openSqliteStore } from "../sqlite/open-sqlite-store.ts";
import { experimentTraffic } from "./experiment-traffic.ts";

const clock = { now: () => 1_767_225_700_000 };
const FRAUD_ID = "dddddddd-0000-4000-8000-000000000001";

/** An experiment `planner_exp` of the model `mail` with a candidate that owns nothing yet, at epoch 3. */
async function withCandidate(experiments: ExperimentStore): Promise<ExperimentView> {
  const view = await activeExperiment(experiments, [6000, 4000], { name: "planner_exp", model: "mail" });
  const added = addCandidate(view, { ...CANDIDATE, basisPoints: 0 });
  const next = { ...added, experiment: { ...view.experiment, epoch: 3 } };
  return experiments.change({
    next,
    expectedEpoch: 2,
    change: { experimentId: view.experiment.id, epoch: 3, op: "add_candidate", actor: "ada", reason: "", at: 1, before: shareRecords(view), after: shareRecords(next), evidenceDigest: null, idempotencyKey: "add", requestDigest: "add" },
  });
}

async function presentOf(experiments: ExperimentStore, model = "mail"): Promise<Allocation> {
  return allocationOf((await experiments.ofModel(model)) as ExperimentView, await experiments.policyVersions({}));
}

async function samples(experiments: ExperimentStore): Promise<{ readonly first: Allocation; readonly second: Allocation; readonly ofFraud: Allocation }> {
  await withCandidate(experiments);
  await activeExperiment(experiments, [10_000], { name: "fraud_exp", model: "fraud", id: FRAUD_ID });
  const before = await presentOf(experiments);
  const first = reallocate(before, [{ slot: "candidate_v7", version: "9", basisPoints: 1000 }, { slot: "control", version: "2", basisPoints: 5400 }, { slot: "arm_1", version: "3", basisPoints: 3600 }], 5);
  return { first, second: reallocate(first, [{ slot: "control", version: "2", basisPoints: 4500 }, { slot: "arm_1", version: "3", basisPoints: 3000 }, { slot: "candidate_v7", version: "9", basisPoints: 2500 }], 8), ofFraud: { ...(await presentOf(experiments, "fraud")), epoch: 7 } };
}

trafficConformance("an experiment on the memory store", async () => {
  const store = openMemoryStore();
  return { target: experimentTraffic({ experiments: store.experiments, otherwise: memoryTraffic(), clock }), allocations: await samples(store.experiments), close: store.close };
});

trafficConformance("an experiment on SQLite", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "gauntlet-experiment-"));
  const store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "test" });
  return {
    target: experimentTraffic({ experiments: store.experiments, otherwise: memoryTraffic(), clock }),
    allocations: await samples(store.experiments),
    close: async () => {
      await store.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

trafficConformance("models without an experiment", async () => {
  const store = openMemoryStore();
  return { target: experimentTraffic({ experiments: store.experiments, otherwise: memoryTraffic(), clock }), close: store.close };
});

describe("a ramp on an experiment", () => {
  test("the winner becomes the baseline, its policy version the default; a rollback restores shares, roles and versions", async () => {
    const store = openMemoryStore();
    const { experiments } = store;
    const target = experimentTraffic({ experiments, otherwise: memoryTraffic(), clock });
    const { first } = await samples(experiments);
    const snapshot = await presentOf(experiments);
    const rolesBefore = shareRecords((await experiments.ofModel("mail")) as ExperimentView);
    await target.apply(first);
    await target.apply(reallocate(first, [{ slot: "candidate_v7", version: "9", basisPoints: 10_000 }], 6));
    const promoted = (await experiments.ofModel("mail")) as ExperimentView;
    expect(shareRecords(promoted).map(({ name, role, basisPoints }) => [name, role, basisPoints])).toEqual([["candidate_v7", "baseline", 10_000], ["control", "arm", 0], ["arm_1", "arm", 0]]);
    expect((await experiments.policyVersions({})).map(({ mlflowModelVersion, status, isDefault }) => [mlflowModelVersion, status, isDefault])).toEqual([["2", "deprecated", false], ["3", "active", false], ["9", "active", true]]);
    await target.apply({ ...snapshot, epoch: 7 });
    expect(await target.read("mail")).toEqual({ ...snapshot, epoch: 7 });
    const back = (await experiments.ofModel("mail")) as ExperimentView;
    expect(shareRecords(back).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(rolesBefore.toSorted((a, b) => a.name.localeCompare(b.name)));
    expect((await experiments.policyVersions({})).map(({ mlflowModelVersion, status, isDefault }) => [mlflowModelVersion, status, isDefault])).toEqual([["2", "active", true], ["3", "active", false], ["9", "archived", false]]);
    expect((await experiments.journal(back.experiment.id)).map(({ op, epoch, actor }) => [op, epoch, actor])).toEqual([["create", 1, "ada"], ["activate", 2, "ada"], ["add_candidate", 3, "ada"], ["step", 5, "rollout"], ["promote", 6, "rollout"], ["rollback", 7, "rollout"]]);
  });
  test("what is not the experiment's is refused and changes nothing", async () => {
    const { experiments } = openMemoryStore();
    const target = experimentTraffic({ experiments, otherwise: memoryTraffic(), clock });
    const { first } = await samples(experiments);
    const { hash: _, ...murmur } = first;
    const rename = (slot: string, version: string): Allocation => ({ ...first, arms: first.arms.map((arm) => (arm.slot === "arm_1" ? { ...arm, slot, version } : arm)) });
    for (const wrong of [{ ...first, seed: "another" }, murmur, { ...first, shadow: true }, rename("nobody", "3"), rename("arm_1", "77"), { ...first, arms: [...first.arms, { slot: "spare", version: "1", ranges: [] }] }]) {
      await expect(target.apply(wrong)).rejects.toMatchObject({ code: "invalid_input" });
    }
    expect((await presentOf(experiments)).epoch).toBe(3);
  });
  test("a store that is out leaves the traffic uncertain, and says so", async () => {
    const store = openMemoryStore();
    await store.close();
    await expect(experimentTraffic({ experiments: store.experiments, otherwise: memoryTraffic(), clock }).read("mail")).rejects.toMatchObject({ code: "traffic_unavailable" });
  });
  test("after it is completed, the model's own split takes over with the next rollout", async () => {
    const { experiments } = openMemoryStore();
    const target = experimentTraffic({ experiments, otherwise: memoryTraffic(), clock });
    const view = await activeExperiment(experiments, [10_000], { name: "planner_exp", model: "mail" });
    const next = { ...view, experiment: { ...view.experiment, status: "completed" as const, epoch: 3 } };
    await experiments.change({ next, expectedEpoch: 2, change: { experimentId: view.experiment.id, epoch: 3, op: "complete", actor: "ada", reason: "", at: 1, before: [], after: [], evidenceDigest: null, idempotencyKey: "c", requestDigest: "c" } });
    expect((await target.read("mail"))?.epoch).toBe(3);
    const own = allocate({ model: "mail", epoch: 4, seed: "mail-2", shares: [{ slot: "champion", version: "2", basisPoints: 10_000 }], shadow: false });
    await target.apply(own);
    expect(await target.read("mail")).toEqual(own);
  });
});
