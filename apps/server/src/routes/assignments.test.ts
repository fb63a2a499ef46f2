import { assignments } from "@gauntlet/contract";
import { withShares } from "@gauntlet/core";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addExperiment, changeExperiment, PLAN_EXP_ID, withStatus } from "../testing/experiments.ts";
import { START, startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  const { store } = server.composition;
  await addExperiment(store, { id: PLAN_EXP_ID, name: "plan_exp" });
  await addExperiment(store, { name: "home_exp", unitType: "household" });
  await addExperiment(store, { name: "draft_exp", status: "draft" });
  await addExperiment(store, { name: "done_exp", status: "completed" });
  await addExperiment(store, { name: "ended_exp", endAt: START });
  await addExperiment(store, { name: "later_exp", startAt: START + 1 });
});
afterAll(() => server.close());

const assign = (body: object, more: Parameters<TestServer["call"]>[2] = {}): Promise<Called> => server.call("POST", "/api/v1/assignments", { body, ...more });
/** A change through the API is in the next answer. These are written straight to the store, so any other one stands in. */
const noticed = (): Promise<Called> => server.call("POST", "/v1/tokens", { body: { name: `token ${tokens++}`, role: "viewer" } });
let tokens = 0;
const ask = (unitId: string, ...names: string[]) => ({ unit_type: "user", unit_id: unitId, requested_experiments: names });

test("what the planner's clients ask and are answered", async () => {
  const { status, json, headers } = await assign({ ...ask("user-42", "plan_exp", "draft_exp", "nothing"), context: { app: "ios" } });
  expect(status).toBe(200);
  const { variants } = (await server.composition.store.experiments.find("plan_exp")) ?? { variants: [] };
  expect(json).toEqual({
    assignments: [{ experiment_id: PLAN_EXP_ID, experiment_name: "plan_exp", variant_id: variants[0]?.id, variant_name: "control", config: variants[0]?.config }],
    skipped_experiments: [
      { experiment_name: "draft_exp", reason: "not_active" },
      { experiment_name: "nothing", reason: "not_found" },
    ],
  });
  expect(assignments.parse(json)).toEqual(json);
  expect(Number(/max-age=(\d+)/.exec(headers.get("cache-control") ?? "")?.[1])).toBeLessThanOrEqual(30);
});

test("out of its time, or for units of another type, an experiment is not active", async () => {
  const { json } = await assign(ask("u", "done_exp", "ended_exp", "later_exp", "home_exp"));
  expect(json.assignments).toEqual([]);
  expect(json.skipped_experiments.map((one: { reason: string }) => one.reason)).toEqual(["not_active", "not_active", "not_active", "not_active"]);
  expect((await assign({ ...ask("u", "home_exp"), unit_type: "household" })).json.assignments).toHaveLength(1);
});

test("I16: a unit that was assigned keeps its variant through a ramp that does not take its bucket, and goes back on a rollback", async () => {
  const { store } = server.composition;
  await addExperiment(store, { id: "550e8400-e29b-41d4-a716-446655440002", name: "ramp_exp" }, { control: 10_000, candidate_v7: 0 });
  await noticed();
  const units = Array.from({ length: 40 }, (_, index) => `user-${index}`);
  const given = async (): Promise<readonly string[]> => Promise.all(units.map(async (unit) => (await assign(ask(unit, "ramp_exp"))).json.assignments[0].variant_name as string));
  const step = async (control: number) => {
    await changeExperiment(store, "ramp_exp", (view) => withShares(view, { control, candidate_v7: 10_000 - control }));
    await noticed();
    return given();
  };
  const none = await given();
  expect(new Set(none)).toEqual(new Set(["control"]));
  const quarter = await step(7500);
  const half = await step(5000);
  const moved = half.filter((variant) => variant === "candidate_v7").length;
  expect(moved).toBeGreaterThan(8);
  for (const [index, variant] of quarter.entries()) if (variant === "candidate_v7") expect(half[index]).toBe("candidate_v7");
  expect(await step(10_000)).toEqual(none);
});

test("paused: existing assignments are answered, none is made", async () => {
  const { store } = server.composition;
  await addExperiment(store, { name: "paused_exp" });
  await noticed();
  const before = (await assign(ask("known", "paused_exp"))).json.assignments[0];
  await changeExperiment(store, "paused_exp", withStatus("paused"));
  await noticed();
  expect((await assign(ask("known", "paused_exp"))).json.assignments).toEqual([before]);
  expect((await assign(ask("new", "paused_exp"))).json).toEqual({ assignments: [], skipped_experiments: [{ experiment_name: "paused_exp", reason: "not_active" }] });
});

test.each([
  ["no unit", { unit_type: "user", requested_experiments: [] }, "unit_id"],
  ["a unit that is a number", { unit_type: "user", unit_id: 7, requested_experiments: [] }, "unit_id"],
  ["an empty unit", { unit_type: "user", unit_id: "", requested_experiments: [] }, "unit_id"],
  ["a unit that no table could keep", { unit_type: "user", unit_id: "a\0", requested_experiments: [] }, "unit_id"],
  ["an unknown unit type", { unit_type: "robot", unit_id: "u", requested_experiments: [] }, "unit_type"],
  ["no list of experiments", { unit_type: "user", unit_id: "u", requested_experiments: "plan_exp" }, "requested_experiments"],
  ["an experiment without a name", { unit_type: "user", unit_id: "u", requested_experiments: ["plan_exp", ""] }, "requested_experiments[1]"],
])("%s is a validation_error that names the field", async (_, body, field) => {
  const { status, json } = await assign(body);
  expect([status, json.error]).toEqual([400, "validation_error"]);
  expect(json.details).toContainEqual(expect.objectContaining({ field }));
});

test("a body that is not JSON is a validation_error too; without a token beyond loopback it is 401", async () => {
  expect(await server.call("POST", "/api/v1/assignments", { text: "{" })).toMatchObject({ status: 400, json: { error: "validation_error" } });
  const open = await startTestServer({ config: { listen: { host: "0.0.0.0", port: 0 } } });
  try {
    const body = ask("u", "plan_exp");
    expect(await open.call("POST", "/api/v1/assignments", { token: null, body })).toMatchObject({ status: 401, json: { error: "unauthorized" } });
    for (const role of ["viewer", "ingest"] as const) expect((await open.call("POST", "/api/v1/assignments", { token: open.tokens[role], body })).json.skipped_experiments).toHaveLength(1);
  } finally {
    await open.close();
  }
});

test("a unit that asks too often waits a minute, and so does a token", async () => {
  const limits = { assignmentsPerUnit: 2, assignmentsPerToken: 3, evaluationsPerUnit: 1, evaluationsPerToken: 1 };
  const strict = await startTestServer({ config: { limits } });
  try {
    const call = (unit: string) => strict.call("POST", "/api/v1/assignments", { body: ask(unit) });
    expect([(await call("a")).status, (await call("a")).status]).toEqual([200, 200]);
    const limited = await call("a");
    expect([limited.status, limited.headers.get("retry-after"), limited.json]).toEqual([429, "60", expect.objectContaining({ error: "rate_limited", retry_after: 60 })]);
    expect([(await call("b")).status, (await call("c")).status]).toEqual([200, 429]);
  } finally {
    await strict.close();
  }
});

test("a config that somebody wrote past us is null with its error, for that assignment alone", async () => {
  const first = await startTestServer();
  await addExperiment(first.composition.store, { name: "old_exp", status: "draft" }, { control: 10_000 });
  await addExperiment(first.composition.store, { name: "sound_exp" }, { control: 10_000 });
  await first.close();
  const database = new DatabaseSync(join(first.dataDir, "gauntlet.db"));
  database.exec(`UPDATE exp_variants SET config = '{"feature_enabled":true}' WHERE experiment_id = (SELECT id FROM exp_experiments WHERE name = 'old_exp'); UPDATE exp_experiments SET status = 'active' WHERE name = 'old_exp'`);
  database.close();
  const again = await startTestServer({ dataDir: first.dataDir });
  try {
    const { status, json } = await again.call("POST", "/api/v1/assignments", { body: ask("u", "old_exp", "sound_exp") });
    expect([status, json.skipped_experiments]).toEqual([200, []]);
    expect(json.assignments).toMatchObject([
      { experiment_name: "old_exp", variant_name: "control", config: null, config_error: expect.stringMatching(/neither form/) },
      { experiment_name: "sound_exp", config: { execution_strategy: "mlflow_model" } },
    ]);
    expect(json.assignments[1]).not.toHaveProperty("config_error");
    const evaluation = await again.call("POST", "/ofrep/v1/evaluate/flags/old_exp", { body: { context: { targetingKey: "u" } } });
    expect([evaluation.status, evaluation.json.errorCode]).toEqual([400, "PARSE_ERROR"]);
  } finally {
    await again.close();
  }
});

test("a store that does not answer is 503 with a time to wait, once what is known is too old", async () => {
  const other = await startTestServer();
  await other.composition.store.close();
  const answer = await other.call("POST", "/api/v1/assignments", { token: null, body: ask("u", "plan_exp") });
  expect([answer.status, answer.headers.get("retry-after"), answer.json]).toEqual([503, "5", expect.objectContaining({ error: "service_unavailable", retry_after: 5 })]);
  const evaluation = await other.call("POST", "/ofrep/v1/evaluate/flags/plan_exp", { token: null, body: { context: { targetingKey: "u" } } });
  expect([evaluation.status, evaluation.json]).toEqual([500, { key: "plan_exp", errorCode: "GENERAL", errorDetails: expect.any(String) }]);
  await other.close().catch(() => undefined);
});
