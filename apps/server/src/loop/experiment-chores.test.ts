import { createVersion, ensureRegisteredModel } from "@gauntlet/adapters";
import { expect, test } from "vitest";

import { startTestServer } from "../testing/test-server.ts";

const HOUR = 3_600_000;

test("a loop that begins later sets the tags and aggregates the hours that another left, without being told", async () => {
  const server = await startTestServer();
  try {
    const { store, controller, mlflow } = server.composition;
    await ensureRegisteredModel(mlflow, "planner_model", "");
    await createVersion(mlflow, { model: "planner_model", source: "s3://models/1", runId: null, tags: {}, description: null });
    const { id: policyVersionId } = (await server.call("POST", "/v1/policy-versions", { key: "v", body: { policyName: "planner", mlflowModelName: "planner_model", mlflowModelVersion: "1" } })).json as { readonly id: string };
    const variants = [{ name: "control", role: "baseline", basisPoints: 10_000, config: { policy_version_id: policyVersionId } }];
    const { json } = await server.call("POST", "/v1/experiments", { key: "e", body: { name: "planner_exp", unitType: "user", model: "planner_model", variants } });
    const [{ id: variantId }] = json.variants as [{ readonly id: string }];
    const experimentId = json.experiment.id as string;
    const timestamp = server.clock.at;
    const event = { eventType: "plan_generated", unitType: "user", unitId: "u", experiments: [{ experimentId, variantId }], context: {}, metrics: { latency_ms: 400 }, payload: { plan_id: "p" }, timestamp, receivedAt: timestamp, flags: [] };
    await store.experiments.recordEvents([{ ...event, id: "eeeeeeee-0000-4000-8000-000000000001" }]);
    const present = (await store.experiments.find("planner_exp"))!;
    const next = { ...present, experiment: { ...present.experiment, epoch: 2 } };
    const change = { experimentId, epoch: 2, op: "allocate", actor: "ada", reason: "", at: timestamp, before: [], after: [], evidenceDigest: null, idempotencyKey: "k", requestDigest: "k" } as const;
    await store.experiments.change({ next, change, expectedEpoch: 1, tags: [{ model: "planner_model", version: "1", name: "stage", value: "production" }, { model: "planner_model", version: "77", name: "stage", value: "archived" }] });
    server.clock.at += 26 * HOUR;
    server.startLoop();
    await expect.poll(async () => (await server.call("GET", "/v1/experiments/planner_exp/metrics?bucket=daily&from=0")).json.aggregates.map((one: { metricName: string }) => one.metricName), { timeout: 60_000 }).toContain("latency_ms");
    await expect.poll(() => store.experiments.pendingTags(9), { timeout: 60_000 }).toEqual([]);
    expect((await controller.registry.read("planner_model", ["1"])).versions[0]?.tags["stage"]).toBe("production");
  } finally {
    await server.close();
  }
}, 150_000);
