import { createVersion, ensureRegisteredModel } from "@gauntlet/adapters";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { START, startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

const MODEL = "planner_model";
let server: TestServer;
let keys = 0;

beforeAll(async () => {
  server = await startTestServer();
  const { mlflow } = server.composition;
  await ensureRegisteredModel(mlflow, MODEL, "");
  for (const version of ["1", "2"]) await createVersion(mlflow, { model: MODEL, source: `s3://models/${version}`, runId: null, tags: { dataset_version: "train-1" }, description: null });
});
afterAll(() => server.close());

function post(path: string, body: unknown, key = `key-${++keys}`): Promise<Called> {
  return server.call("POST", path, { body, key });
}

async function policyVersion(mlflowModelVersion: string): Promise<string> {
  return (await post("/v1/policy-versions", { policyName: "planner", mlflowModelName: MODEL, mlflowModelVersion })).json.id as string;
}

const scores = { plan_alignment: 0.8, constraint_respect: 1, edit_distance: 0.7, diversity: 0.8, leftovers: 0.7 };
const replay = (some: object = {}) => ({ mlflowModelName: MODEL, mlflowModelVersion: "2", dataset: { version: "eval-1" }, baselineModelVersion: "1", cases: [{ candidate: scores, baseline: scores }, { candidate: { ...scores, leftovers: 0.71 }, baseline: scores }], ...some });

describe("experiments over HTTP", () => {
  let control: string;
  let candidate: string;

  test("policy versions are added and listed; one is the default", async () => {
    control = await policyVersion("1");
    candidate = await policyVersion("2");
    const { json } = await server.call("GET", "/v1/policy-versions?policy=planner", { token: server.tokens.viewer });
    expect(json.policyVersions.map((one: { version: number; isDefault: boolean; mlflowModelVersion: string }) => [one.version, one.isDefault, one.mlflowModelVersion])).toEqual([[1, true, "1"], [2, false, "2"]]);
    expect((await post(`/v1/policy-versions/${candidate}/default`, {})).json.isDefault).toBe(true);
    expect((await post(`/v1/policy-versions/${control}/default`, {})).json.isDefault).toBe(true);
    expect((await post("/v1/policy-versions/none/default", {})).status).toBe(404);
    expect((await post("/v1/policy-versions", { policyName: "a b", mlflowModelName: MODEL, mlflowModelVersion: "1" })).status).toBe(400);
  });

  test("an experiment is created once for its key, by operators only, and activated", async () => {
    const body = { name: "planner_exp", unitType: "household", model: MODEL, variants: [{ name: "control", role: "baseline", basisPoints: 10_000, config: { policy_version_id: control } }] };
    expect((await server.call("POST", "/v1/experiments", { body, key: "k", token: server.tokens.ingest })).status).toBe(403);
    expect((await server.call("POST", "/v1/experiments", { body })).status).toBe(400);
    const created = await post("/v1/experiments", body, "create");
    expect([created.status, created.json.experiment.status, created.json.experiment.epoch]).toEqual([201, "draft", 1]);
    expect((await post("/v1/experiments", body, "create")).json).toEqual(created.json);
    expect((await post("/v1/experiments", body)).status).toBe(409);
    expect((await post("/v1/experiments", { ...body, name: "flags_exp", variants: [{ ...body.variants[0], config: { feature_enabled: true } }] })).json.errors[0].detail).toContain("neither form");
    const activated = await post("/v1/experiments/planner_exp/activate", { expectedEpoch: 1, reason: "go" });
    expect([activated.status, activated.json.experiment.status]).toEqual([200, "active"]);
    expect((await post("/v1/experiments/planner_exp/pause", { expectedEpoch: 1, reason: "stale" })).json).toMatchObject({ code: "epoch_conflict", status: 409 });
  });

  test("a replay that passes makes a candidate, which is added, and rolled back; the journal says who did what", async () => {
    const add = { expectedEpoch: 2, reason: "v2 is ready", policyVersionId: candidate, initialBasisPoints: 500 };
    expect((await post("/v1/experiments/planner_exp/candidates", add)).status).toBe(409);
    expect((await post("/v1/replays", replay({ dataset: { version: "train-1" } }))).status).toBe(400);
    const judged = await post("/v1/replays", replay());
    expect([judged.status, judged.json.passed, judged.json.replay.scores.leftovers]).toEqual([201, true, 0.705]);
    expect((await server.call("GET", `/v1/replays?model=${MODEL}&version=2`)).json.replays).toEqual([judged.json.replay]);
    expect((await post("/v1/experiments/planner_exp/candidates", { ...add, initialBasisPoints: 1001 })).status).toBe(400);
    const added = await post("/v1/experiments/planner_exp/candidates", add);
    expect(added.json.variants.map((one: { name: string; basisPoints: number }) => [one.name, one.basisPoints])).toEqual([["control", 9500], ["candidate_v2", 500]]);
    const back = await post("/v1/experiments/planner_exp/rollback", { expectedEpoch: 3, reason: "it crashes", variant: "candidate_v2", cause: "critical_bug" });
    expect(back.json.variants.map((one: { basisPoints: number }) => one.basisPoints)).toEqual([10_000, 0]);
    const { json } = await server.call("GET", "/v1/experiments/planner_exp/journal", { token: server.tokens.viewer });
    expect(json.changes.map((one: { op: string; reason: string }) => [one.op, one.reason])).toEqual([["create", "created"], ["activate", "go"], ["add_candidate", "v2 is ready"], ["rollback", "critical_bug: it crashes"]]);
    const { versions } = await server.composition.controller.registry.read(MODEL, ["2"]);
    expect(versions[0]?.tags).toMatchObject({ stage: "archived", "gauntlet.reason": "critical_bug" });
  });

  test("what is listed is what there is; metrics are empty before there are plans; bad queries are named", async () => {
    const { json } = await server.call("GET", "/v1/experiments", { token: server.tokens.viewer });
    expect(json.experiments).toEqual([(await server.call("GET", "/v1/experiments/planner_exp")).json]);
    expect((await server.call("GET", `/v1/experiments/planner_exp/metrics?bucket=daily&from=${START}`)).json).toEqual({ aggregates: [] });
    for (const [path, status] of [["/v1/experiments/none", 404], ["/v1/experiments/none/journal", 404], ["/v1/experiments/planner_exp/metrics?bucket=weekly", 400], ["/v1/experiments/planner_exp/metrics?from=now", 400], ["/v1/replays", 400]] as const) {
      expect((await server.call("GET", path)).status).toBe(status);
    }
  });
});
