import { aggregateEvents, type Store } from "@gauntlet/controller";
import { activeExperiment, CANDIDATE } from "@gauntlet/controller/testing";
import { addCandidate, shareRecords, type ExperimentView, type StoredEvent } from "@gauntlet/core";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgresStore } from "../open-postgres-store.ts";
import { startPostgres } from "../testing/start-postgres.ts";
import type { RunningPostgres } from "../testing/start-postgres.ts";

const START = Date.parse("2026-01-01T00:00:00Z");
const DAY = 86_400_000;
const QUERIES = join(dirname(fileURLToPath(import.meta.url)), "../../../../../deploy/metabase");

let server: RunningPostgres;
let store: Store;
let client: pg.Client;
let view: ExperimentView;

beforeAll(async () => {
  server = await startPostgres();
  store = await openPostgresStore({ url: server.url });
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
  view = await withPlans();
});

afterAll(async () => {
  await client?.end();
  await store?.close();
  await server?.stop();
});

/** 100 plans of each variant: 70 of the baseline's are accepted, 90 of the candidate's; the candidate takes twice as long. */
async function withPlans(): Promise<ExperimentView> {
  const { experiments } = store;
  const before = await activeExperiment(experiments, [10_000], { name: "planner_exp", model: "planner_model" });
  const added = addCandidate(before, { ...CANDIDATE, basisPoints: 1000 });
  const next = { ...added, experiment: { ...added.experiment, epoch: 3 } };
  const present = await experiments.change({
    next, expectedEpoch: 2,
    change: { experimentId: before.experiment.id, epoch: 3, op: "add_candidate", actor: "ada", reason: "", at: START, before: shareRecords(before), after: shareRecords(next), evidenceDigest: null, idempotencyKey: "add", requestDigest: "add" },
  });
  const [control, candidate] = present.variants as [ExperimentView["variants"][number], ExperimentView["variants"][number]];
  for (const [variant, accepted, latency] of [[control, 70, 400], [candidate, 90, 800]] as const) await experiments.recordEvents(Array.from({ length: 100 }, (_, plan) => eventsOf(variant.id, plan, { accepted: plan < accepted, latency })).flat());
  const scores = { plan_alignment: 0.75, constraint_respect: 1, edit_distance: 0.8, diversity: 0.9, leftovers: 0.7 };
  await experiments.recordReplay({ id: "dddddddd-0000-4000-8000-000000000001", mlflowModelName: "planner_model", mlflowModelVersion: "9", policyVersionId: null, datasetVersion: "eval-1", mlflowRunId: null, scores, intervals: null, baselineModelVersion: "2", status: "completed", isBetterThanBaseline: true, errorMessage: null, createdAt: START });
  await aggregateEvents({ store, clock: { now: () => START + 2 * DAY } });
  return present;
}

let ids = 0;

function eventsOf(variantId: string, plan: number, { accepted, latency }: { readonly accepted: boolean; readonly latency: number }): readonly StoredEvent[] {
  const event = (eventType: string, metrics: Readonly<Record<string, number>>): StoredEvent => ({
    id: `eeeeeeee-0000-4000-8000-${String(++ids).padStart(12, "0")}`, eventType, unitType: "household", unitId: `h${plan}`,
    experiments: [{ experimentId: "550e8400-e29b-41d4-a716-446655440000", variantId }],
    context: {}, metrics, payload: { plan_id: `${variantId} ${plan}` }, timestamp: START + plan * 60_000, receivedAt: START + plan * 60_000, flags: [],
  });
  return [event("plan_generated", { latency_ms: latency, cost_usd: 0.25 }), ...(accepted ? [event("plan_accepted", {}), event("edit_applied", {})] : [])];
}

async function report(name: string): Promise<readonly Record<string, unknown>[]> {
  return (await client.query(readFileSync(join(QUERIES, `${name}.sql`), "utf8"))).rows as Record<string, unknown>[];
}

describe("the reports of deploy/metabase", () => {
  test("variants: share, acceptance, edits, latency, cost", async () => {
    const rows = await report("variants");
    expect(rows.map(({ variant, allocation, plans, acceptance_rate: rate, avg_edits_per_plan: edits, cost_per_plan: cost }) => [variant, allocation, plans, rate, edits, cost])).toEqual([["control", "0.9000", "100", 0.7, 1, 0.25], ["candidate_v7", "0.1000", "100", 0.9, 1, 0.25]]);
    for (const [index, latency] of [400, 800].entries()) {
      for (const column of ["p50_latency_ms", "p99_latency_ms"]) expect(Math.abs(Number(rows[index]?.[column]) / latency - 1)).toBeLessThanOrEqual(0.02);
    }
  });
  test("significance: the inputs of a test of two proportions", async () => {
    const [acceptance, validator] = await report("significance");
    expect(acceptance).toMatchObject({ experiment: "planner_exp", metric: "acceptance_rate", control: "control", treatment: "candidate_v7", control_n: "100", treatment_n: "100", control_rate: 0.7, treatment_rate: 0.9, significant: true });
    // (0.9 − 0.7) / √(0.8 · 0.2 · 2/100)
    expect(Number(acceptance?.["z"])).toBeCloseTo(3.5355, 4);
    expect(validator).toMatchObject({ metric: "validator_rate", difference: 0, z: null, significant: null });
  });
  test("what the replay promised beside what came of it, by version", async () => {
    expect(await report("offline-vs-online")).toEqual([
      { policy: "planner", version: 2, model_version: "9", dataset_version: "eval-1", plan_alignment_score: "0.750000", edit_distance_score: "0.800000", acceptance_rate: 0.9, delta: expect.closeTo(0.15, 9) as unknown },
    ]);
  });
  test("the last five versions", async () => {
    expect((await report("policy-versions")).map(({ policy, version, model_uri: uri, status, is_default: isDefault }) => [policy, version, uri, status, isDefault])).toEqual([["planner", 2, "models:/planner_model/9", "active", false], ["planner", 1, "models:/planner_model/2", "active", true]]);
  });
  test("violations of constraints, which must be 0", async () => {
    expect(await report("constraint-violations")).toEqual([{ experiment: "planner_exp", variant: "candidate_v7", violations: "0", plans: "100" }, { experiment: "planner_exp", variant: "control", violations: "0", plans: "100" }]);
  });
  test("active experiments with the number and the sum of their variants", async () => {
    const { rows } = await client.query("SELECT name, variant_count, total_allocation FROM exp.v_active_experiments");
    expect(rows).toEqual([{ name: "planner_exp", variant_count: "2", total_allocation: "1.0000" }]);
  });
});

describe("what nobody can write past Gauntlet", () => {
  const ID = "550e8400-e29b-41d4-a716-446655440000";
  test.each([
    ["shares that do not sum to 10,000", `UPDATE exp.variants SET basis_points = basis_points - 1 WHERE name = 'control'`],
    ["ranges that overlap", `UPDATE exp.variants SET ranges = '[{"from": 0, "to": 10000}]' WHERE name = 'candidate_v7'`],
    ["ranges that are not the share", `UPDATE exp.variants SET basis_points = CASE name WHEN 'control' THEN 9001 ELSE 999 END`],
    ["two baselines", `UPDATE exp.variants SET role = 'baseline'`],
    ["an archived variant that owns something", `UPDATE exp.variants SET archived_at = now() WHERE name = 'control'`],
    ["a changed config of an active experiment", `UPDATE exp.variants SET config = '{}' WHERE name = 'control'`],
    ["an unknown status", `UPDATE exp.experiments SET status = 'done'`],
    ["an unknown role", `UPDATE exp.variants SET role = 'champion'`],
    ["a variant that was recorded, gone", `DELETE FROM exp.variants WHERE name = 'control'`],
    ["an experiment that was recorded, gone", `DELETE FROM exp.experiments`],
    ["a changed journal", `UPDATE exp.journal SET reason = 'better'`],
    ["a deleted journal", `DELETE FROM exp.journal`],
    ["a second event of one id", `INSERT INTO exp.events SELECT id, event_type, unit_type, unit_id, experiments, context, metrics, payload, timestamp FROM exp.events LIMIT 1`],
    ["a second version of one number", `INSERT INTO exp.policy_versions (policy_id, version, mlflow_model_name, mlflow_model_version) SELECT policy_id, version, 'm', '1' FROM exp.policy_versions LIMIT 1`],
  ])("%s", async (_, sql) => {
    await expect(client.query(sql)).rejects.toMatchObject({ severity: "ERROR" });
    expect(await store.experiments.find(ID)).toEqual(view);
  });
  test("the sum is asked for at the end of a transaction, so that shares can move one by one", async () => {
    await client.query("BEGIN");
    await client.query(`UPDATE exp.variants SET basis_points = 9001, ranges = '[{"from": 0, "to": 90010}]' WHERE name = 'control'`);
    await client.query(`UPDATE exp.variants SET basis_points = 999, ranges = '[{"from": 90010, "to": 100000}]' WHERE name = 'candidate_v7'`);
    await client.query("SET CONSTRAINTS ALL IMMEDIATE");
    await client.query("ROLLBACK");
    expect(await store.experiments.find(ID)).toEqual(view);
  });
  test("a config that somebody stored in the legacy form reads in the unified one; an invalid one reads as null with the reason", async () => {
    await client.query("INSERT INTO exp.experiments (id, name, unit_type) VALUES ('dddddddd-0000-4000-8000-00000000000f', 'legacy_exp', 'user')");
    await client.query(`INSERT INTO exp.variants (experiment_id, name, role, position, basis_points, ranges, config) VALUES
      ('dddddddd-0000-4000-8000-00000000000f', 'control', 'baseline', 0, 10000, '[{"from": 0, "to": 100000}]', '{"policy_version_id": "AAAAAAAA-0000-4000-8000-000000000000", "params": {"a": 1}}'),
      ('dddddddd-0000-4000-8000-00000000000f', 'flag', 'arm', 1, 0, '[]', '{"feature_enabled": true}')`);
    const found = await store.experiments.find("legacy_exp");
    expect(found?.variants.map(({ config, configError }) => [config, configError])).toEqual([
      [{ execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: "aaaaaaaa-0000-4000-8000-000000000000" }, params: { a: 1 } }, null],
      [null, expect.stringContaining("neither form")],
    ]);
  });
});
