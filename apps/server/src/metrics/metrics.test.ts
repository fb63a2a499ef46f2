import { createRun, createVersion, ensureExperiment, ensureRegisteredModel, logMetrics, mlflowRegistry } from "@gauntlet/adapters";
import { paths } from "@gauntlet/contract";
import type { EvidenceSource } from "@gauntlet/controller";
import { Failure, type Allocation } from "@gauntlet/core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addExperiment, changeExperiment, withStatus } from "../testing/experiments.ts";
import { samplesOf } from "../testing/scrape.ts";
import { HOUR, MINUTE, policyText, syntheticStream } from "../testing/stream.ts";
import { START, startTestServer, type TestServer } from "../testing/test-server.ts";
import { metricFacts } from "./metrics.ts";

const MODEL = "fraud";
const POLICY = policyText(MODEL, "  - { check: offline, metric: roc_auc, atLeast: 0.8 }\n  - { check: mean, metric: basket, within: 50%, basis: relative }\nmetrics: { latency_ms: histogram, error: rate, basket: moments, tipped: rate }\nhealth: {}\nsources: [till]\n");
const TILL_LAG = 2 * MINUTE;
/** A source beside what is sent: every second guest tips. */
const till: EvidenceSource = {
  name: "till",
  description: { kind: "till", location: "the counter" },
  metrics: { tipped: "rate" },
  ageMaxMs: HOUR,
  probe: async () => ({ freshAt: null }),
  read: async ({ model, epoch, arms, since, to }) => ({
    cells: arms.map(({ version, slot }) => ({ model, epoch, version, slot, mode: "live", metric: "tipped", bucketStart: since, statistic: { kind: "rate", n: 40, hits: 20 } })),
    freshAt: to - TILL_LAG,
    baselines: [],
  }),
};
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  Object.assign(server.composition.controller, { sources: new Map([["till", till]]) });
  const { mlflow } = server.composition;
  const experimentId = await ensureExperiment(mlflow, "training");
  await ensureRegisteredModel(mlflow, MODEL, "");
  for (const [digit, auc] of [["1", 0.85], ["2", 0.9]] as const) {
    const { runId } = await createRun(mlflow, { experimentId, name: digit, startTime: 1, tags: {} });
    await logMetrics(mlflow, runId, [{ name: "roc_auc", value: auc, at: 1, step: 0 }]);
    await createVersion(mlflow, { model: MODEL, source: `s3://models/${digit}`, runId, tags: { "gauntlet.digest": `sha256:${digit.repeat(64)}` }, description: null });
  }
  await mlflowRegistry(mlflow).setAlias(MODEL, "champion", "1");
});
afterAll(() => server.close());

/** Every name that was seen with a sample. */
const fed = new Set<string>();

async function scrape(): Promise<{ value(name: string, labels?: Readonly<Record<string, string>>): number | undefined; readonly names: ReadonlySet<string> }> {
  const samples = samplesOf((await server.call("GET", "/metrics")).text);
  for (const { name } of samples) fed.add(name.replace(/_(?:bucket|sum|count)$/, ""));
  return {
    names: new Set(samples.map(({ name }) => name.replace(/_(?:bucket|sum|count)$/, ""))),
    value: (name, labels = {}) => samples.find((sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text))?.value,
  };
}

/** The tests below are one story, in order. */
test("a rollout that runs shows its split, its arms, its checks and what it waits for", async () => {
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: POLICY, challenger: "2" } });
  const stream = syntheticStream((await server.composition.store.allocations.get(MODEL)) as Allocation, { from: START, count: 400, hits: 10 });
  server.clock.at = START + HOUR / 2;
  const outcomes = stream.outcomes.filter(({ at }) => at < START + 25 * MINUTE).map((outcome) => ({ ...outcome, metrics: { ...outcome.metrics, basket: 20 } }));
  expect((await server.call("POST", paths.outcomes, { key: "first", body: { outcomes } })).status).toBe(200);
  expect((await server.call("POST", paths.outcomes, { key: "first", body: { outcomes } })).status).toBe(200);
  expect((await server.call("POST", paths.outcomes, { key: "wrong", body: { outcomes: [{ ...outcomes[0], requestId: "x", epoch: 99 }] } })).status).toBe(207);
  await server.tick(MODEL);
  const { value } = await scrape();
  const live = outcomes.filter(({ mode }) => mode === "live");
  expect(value("gauntlet_outcomes_last_hour", { model: MODEL })).toBe(live.length);
  expect(value("gauntlet_split_intended_ratio", { model: MODEL, slot: "challenger" })).toBe(0.2);
  expect(value("gauntlet_split_observed_ratio", { model: MODEL, slot: "challenger" })).toBeCloseTo(live.filter(({ slot }) => slot === "challenger").length / live.length, 12);
  expect(value("gauntlet_rollout_stage", { model: MODEL })).toBe(1);
  expect(value("gauntlet_rollout_stages", { model: MODEL })).toBe(1);
  expect(value("gauntlet_rollout_stage_age_seconds", { model: MODEL })).toBe(1800);
  expect(value("gauntlet_rollout_dwell_seconds", { model: MODEL })).toBe(3660);
  expect(value("gauntlet_rollout_dwell_remaining_seconds", { model: MODEL })).toBe(1860);
  // The last outcome came within the bucket that ended five minutes ago.
  expect(value("gauntlet_evidence_age_seconds", { model: MODEL, slot: "champion" })).toBe(300);
  expect(value("gauntlet_metric_value", { model: MODEL, slot: "challenger", role: "challenger", metric: "basket", figure: "mean" })).toBe(20);
  expect(value("gauntlet_metric_observations", { model: MODEL, role: "challenger", metric: "basket" })).toBe(live.filter(({ slot }) => slot === "challenger").length);
  expect(value("gauntlet_metric_value", { model: MODEL, slot: "champion", metric: "error", figure: "rate" })).toBe(0);
  expect(value("gauntlet_metric_value", { model: MODEL, slot: "champion", metric: "latency_ms", figure: "p99" })).toBeGreaterThan(10);
  expect(value("gauntlet_metric_value", { model: MODEL, role: "champion", metric: "tipped", figure: "rate" })).toBe(0.5);
  expect(value("gauntlet_source_age_seconds", { model: MODEL, source: "till" })).toBe(TILL_LAG / 1000);
  expect(value("gauntlet_offline_score", { model: MODEL, slot: "challenger", metric: "roc_auc" })).toBe(0.9);
  expect(value("gauntlet_check_failing", { model: MODEL, check: "sample-ratio", purpose: "validity" })).toBe(0);
  expect(value("gauntlet_check_unavailable", { model: MODEL, check: "recall-superiority", purpose: "promotion" })).toBe(1);
  expect(value("gauntlet_rollout_held", { model: MODEL, reason: "min_duration" })).toBe(1);
  expect(value("gauntlet_rollouts_held", { reason: "min_duration" })).toBe(1);
  expect(value("gauntlet_decision_timestamp_seconds", { model: MODEL })).toBe((START + HOUR / 2) / 1000);
  expect(value("gauntlet_outcomes_total", { result: "accepted" })).toBe(2 * outcomes.length);
  expect(value("gauntlet_outcomes_total", { result: "rejected" })).toBe(1);
  expect(value("gauntlet_fold_duration_seconds_count", { result: "folded" })).toBe(2);
  expect(value("gauntlet_fold_duration_seconds_count", { result: "known" })).toBe(1);
});

test("an effect that fails is counted, and shown as long as it fails", async () => {
  const { traffic } = server.composition.controller;
  const works = traffic.apply;
  traffic.apply = async () => Promise.reject(new Failure("traffic_unavailable", "the target is away"));
  await server.call("POST", paths.act(MODEL, "reject"), { key: "reject", body: { reason: "a test" } });
  const failing = await scrape();
  expect(failing.value("gauntlet_effect_failing", { model: MODEL })).toBe(1);
  expect(failing.value("gauntlet_plan_pending", { model: MODEL })).toBe(1);
  expect(failing.value("gauntlet_effect_failures_total", { code: "traffic_unavailable" })).toBeGreaterThanOrEqual(1);
  traffic.apply = works;
  await server.tick(MODEL);
  const ended = await scrape();
  expect(ended.value("gauntlet_effect_failing", { model: MODEL })).toBe(0);
  expect(ended.value("gauntlet_rollout_running", { model: MODEL })).toBe(0);
  expect(ended.value("gauntlet_rollout_verdict", { model: MODEL, verdict: "retain" })).toBe(1);
  // What was seen of a rollout is not shown for ever.
  expect(ended.names.has("gauntlet_metric_value")).toBe(false);
});

test("an experiment shows the share of each variant, and its epoch", async () => {
  await addExperiment(server.composition.store, { name: "plan_exp" }, { control: 7500, candidate_v7: 2500 });
  await changeExperiment(server.composition.store, "plan_exp", withStatus("paused"));
  const { value } = await scrape();
  expect(value("gauntlet_experiment_share_ratio", { experiment: "plan_exp", variant: "candidate_v7" })).toBe(0.25);
  expect(value("gauntlet_experiment_share_ratio", { experiment: "plan_exp", variant: "control" })).toBe(0.75);
  expect(value("gauntlet_experiment_epoch", { experiment: "plan_exp" })).toBe(2);
});

test("each metric that this story is about was fed by it", async () => {
  // What events, streams, assignments and ratings feed is shown with them.
  const elsewhere = /^(?:gauntlet_(?:events|exposures|stream|assignment)|ringrift)_/;
  const names = (await metricFacts()).map(({ name }) => name).filter((name) => !elsewhere.test(name));
  expect(names.filter((name) => !fed.has(name))).toEqual([]);
});

test("every metric has a name, a meaning, and labels of a bounded kind", async () => {
  const bounded = new Set(["model", "slot", "role", "metric", "figure", "check", "purpose", "source", "experiment", "variant", "reason", "verdict", "rollout", "mode", "result", "code", "why", "stream", "promotion_type", "outcome", "remote_host", "board_type", "num_players", "model_id", "from_model", "to_model", "triggered"]);
  for (const { name, help, labels } of await metricFacts()) {
    expect(name).toMatch(/^(?:gauntlet|ringrift)_[a-z_]+$/);
    expect(help).toMatch(/\.$/);
    for (const label of labels) expect(bounded).toContain(label);
  }
});
