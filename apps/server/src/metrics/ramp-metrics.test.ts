import { paths } from "@gauntlet/contract";
import { compileRoutes, type Allocation, type OfflineReplay, type RampPolicy, type Rollout } from "@gauntlet/core";
import { randomUUID } from "node:crypto";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";

import { samplesOf } from "../testing/scrape.ts";
import { HOUR, MINUTE } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type TestServer } from "../testing/test-server.ts";
import { instruments, type ModelGauges } from "./instruments.ts";
import { readReplays } from "./read-replays.ts";

const MODEL = "planner";
const POLICY = `
kind: ramp
name: planner
model: ${MODEL}
stages:
  - { name: tenth, allocation: 10%, dwell: 1h }
  - { name: half, allocation: 50%, dwell: 2h }
  - { name: all, allocation: 100% }
maturity: 1m
minSamples: 50
bucket: 1m
metrics: { acceptance: { ratio: accepted / generated, once: true }, latency_ms: histogram }
checks:
  - { metric: acceptance, better: higher, noWorseThan: 50% }
  - { metric: latency_ms, quantile: p99, atMost: 2000 }
health: {}
`;
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, MODEL);
});
afterAll(() => server.close());

async function scrape(): Promise<(name: string, labels?: Readonly<Record<string, string>>) => number | undefined> {
  const samples = samplesOf((await server.call("GET", "/metrics")).text);
  return (name, labels = {}) => samples.find((sample) => sample.name === name && Object.entries({ model: MODEL, ...labels }).every(([key, text]) => sample.labels[key] === text))?.value;
}

/** 1000 plans within ten minutes, nine of ten accepted in half a minute. */
async function plan(from: number): Promise<void> {
  const allocation = (await server.composition.store.allocations.get(MODEL)) as Allocation;
  const routes = compileRoutes(allocation);
  const outcomes = Array.from({ length: 1000 }, (_, index) => {
    const unit = `household-${index}`;
    const { slot, version } = routes(unit);
    return { requestId: `${from}-${index}`, at: from + index * 600, model: MODEL, version, slot, mode: "live", epoch: allocation.epoch, unit, prediction: null, metrics: { generated: 1, latency_ms: 200 + (index % 50) } };
  });
  const followUps = outcomes.filter((_, index) => index % 10 !== 0).map(({ requestId, at }) => ({ id: "accepted", requestId, model: MODEL, at: at + 30_000, metrics: { accepted: 1 } }));
  server.clock.at = from + 20 * MINUTE;
  expect((await server.call("POST", paths.outcomes, { key: `outcomes-${from}`, body: { outcomes } })).json).toMatchObject({ accepted: 1000 });
  expect((await server.call("POST", "/v1/follow-ups", { key: `follow-ups-${from}`, body: { followUps } })).json).toMatchObject({ accepted: 900 });
}

test("a ramp shows its stage, its dwell and the metrics of its slots; at the next stage it begins anew", async () => {
  const begun = await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: POLICY, challenger: "2" } });
  expect(begun.status, begun.text).toBe(200);
  await plan(START);
  await server.tick(MODEL);
  const first = await scrape();
  expect([first("gauntlet_rollout_stage"), first("gauntlet_rollout_stages")]).toEqual([1, 3]);
  expect([first("gauntlet_rollout_stage_age_seconds"), first("gauntlet_rollout_dwell_seconds"), first("gauntlet_rollout_dwell_remaining_seconds")]).toEqual([1200, 3600, 2400]);
  expect(first("gauntlet_metric_value", { role: "challenger", metric: "acceptance", figure: "ratio" })).toBeCloseTo(0.9, 1);
  expect(first("gauntlet_metric_observations", { role: "champion", metric: "acceptance" })).toBeGreaterThan(50);
  expect(first("gauntlet_check_failing", { check: "split", purpose: "validity" })).toBe(0);
  expect(first("gauntlet_rollout_held", { reason: "min_duration" })).toBe(1);

  server.clock.at = START + HOUR;
  await server.tick(MODEL);
  await server.tick(MODEL);
  const second = await scrape();
  expect([second("gauntlet_rollout_stage"), second("gauntlet_rollout_dwell_remaining_seconds")]).toEqual([2, 7200]);
  expect(second("gauntlet_split_intended_ratio", { slot: "challenger" })).toBe(0.5);
  // Nothing of the stage before counts any more.
  expect(second("gauntlet_split_observed_ratio", { slot: "challenger" })).toBeUndefined();
  expect(second("gauntlet_metric_value", { metric: "acceptance" })).toBeUndefined();
  expect(second("gauntlet_outcomes_last_hour")).toBe(0);
  await plan(START + HOUR);
  await server.tick(MODEL);
  const third = await scrape();
  expect(third("gauntlet_outcomes_last_hour")).toBe(1000);
  expect(third("gauntlet_split_observed_ratio", { slot: "challenger" })).toBeCloseTo(0.5, 1);
  const { json } = await server.call("GET", paths.health);
  expect(json.rollouts[0]).toMatchObject({ model: MODEL, status: "healthy", checks: expect.arrayContaining([expect.objectContaining({ id: "exposure", status: "pass" }), expect.objectContaining({ id: "join-rate", status: "pass" })]) });
});

test("a ramp in an experiment shows the scores of both versions' newest replays on the same data", async () => {
  const { store } = server.composition;
  const { ledger, experiments } = store;
  const replay = (mlflowModelVersion: string, createdAt: number, some: Partial<OfflineReplay>): OfflineReplay => ({
    id: randomUUID(),
    mlflowModelName: MODEL,
    mlflowModelVersion,
    policyVersionId: null,
    datasetVersion: "march",
    mlflowRunId: null,
    scores: { plan_alignment: 0.7, constraint_respect: 1, edit_distance: null, diversity: 0.8, leftovers: 0.7 },
    intervals: null,
    baselineModelVersion: null,
    status: "completed",
    isBetterThanBaseline: null,
    errorMessage: null,
    createdAt,
    ...some,
  });
  await experiments.recordReplay(replay("1", 1, {}));
  await experiments.recordReplay(replay("1", 2, { datasetVersion: "april", scores: { plan_alignment: 0.1, constraint_respect: 1, edit_distance: null, diversity: 0.8, leftovers: 0.7 } }));
  await experiments.recordReplay(replay("2", 3, { scores: { plan_alignment: 0.75, constraint_respect: 0.99, edit_distance: null, diversity: null, leftovers: 0.7 } }));
  await experiments.recordReplay(replay("2", 4, { status: "failed", errorMessage: "out of memory" }));
  const rollout = (await ledger.head(MODEL))?.state?.rollout as Rollout;
  const { offline } = instruments(new Registry()).models;
  const gauges = { offline } as unknown as ModelGauges;
  await readReplays(store, gauges, rollout);
  expect((await offline.get()).values).toEqual([]);
  await readReplays(store, gauges, { ...rollout, policy: { ...rollout.policy, experiment: "plan_exp" } as RampPolicy });
  const shown = (await offline.get()).values.map(({ labels, value }) => `${String(labels["role"])} ${String(labels["metric"])} ${value}`).toSorted();
  expect(shown.filter((line) => !line.startsWith("control"))).toEqual([
    "challenger constraint_respect_score 0.99",
    "challenger leftovers_score 0.7",
    "challenger plan_alignment_score 0.75",
    "champion constraint_respect_score 1",
    "champion diversity_score 0.8",
    "champion leftovers_score 0.7",
    "champion plan_alignment_score 0.7",
  ]);
});
