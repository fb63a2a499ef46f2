import { paths } from "@gauntlet/contract";
import { watchPromoted, type SyncRun } from "@gauntlet/controller";
import { Failure, type Allocation } from "@gauntlet/core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { samplesOf } from "../testing/scrape.ts";
import { batchesOf, HOUR, MINUTE, policyText, syntheticStream } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type TestServer } from "../testing/test-server.ts";
import { SERIES_MAX } from "./rating-instruments.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function scrape() {
  const { text } = await server.call("GET", "/metrics");
  const samples = samplesOf(text).filter(({ name }) => name.startsWith("ringrift_"));
  const all = (name: string) => samples.filter((sample) => sample.name === name);
  return {
    text,
    all,
    value: (name: string, labels: Readonly<Record<string, string>> = {}) => all(name).find((sample) => Object.entries(labels).every(([key, wanted]) => sample.labels[key] === wanted))?.value,
  };
}

let runs = 0;
function run(peer: string, change: Partial<SyncRun> = {}): SyncRun {
  runs += 1;
  return {
    id: `run-${runs}`, peer, transport: "ssh", startedAt: START, finishedAt: START + runs, equal: true, path: "vector", recordsSent: 0, recordsReceived: 3, rejected: 0, bytesSent: 1, bytesReceived: 1, roundTrips: 1,
    matchesAdded: 3, matchesSkipped: 0, matchesConflict: 0, matchesResolved: 2, participantsAdded: 0, error: null, ...change,
  };
}
const failed = { equal: null, path: null, matchesAdded: 0, matchesResolved: 0, error: { code: "peer_unavailable", message: "SSH failed" } } as const;

/** The tests below are one story, in order. */
test("a server without matches shows nothing of ratings", async () => {
  expect((await scrape()).text).not.toContain("ringrift_");
});

test("sessions with peers: what is new is shown at 0 once, then counted, failures too; resolved conflicts are none", async () => {
  const { sync } = server.composition.store;
  await sync.recordRun(run("node-b"), null);
  await sync.recordRun(run("node-c", failed), null);
  const born = await scrape();
  expect(born.value("ringrift_elo_sync_operations_total", { remote_host: "node-b", result: "success" })).toBe(0);
  expect(born.value("ringrift_elo_sync_operations_total", { remote_host: "node-c", result: "failure" })).toBe(0);
  await sync.recordRun(run("node-b", { matchesConflict: 4 }), null);
  const counted = await scrape();
  expect(counted.value("ringrift_elo_sync_operations_total", { remote_host: "node-b", result: "success" })).toBe(2);
  expect(counted.value("ringrift_elo_sync_operations_total", { remote_host: "node-b", result: "failure" })).toBe(0);
  expect(counted.value("ringrift_elo_sync_operations_total", { remote_host: "node-c", result: "failure" })).toBe(1);
  expect(counted.value("ringrift_elo_sync_matches_added_total", { remote_host: "node-b" })).toBe(6);
  expect(counted.value("ringrift_elo_sync_conflicts_total", { remote_host: "node-b" })).toBe(4);
  expect((await scrape()).value("ringrift_elo_sync_operations_total", { remote_host: "node-b", result: "success" })).toBe(2);
});

test("drift: of each configuration the newest comparison, of several peers the farthest; all and 0 without a filter", async () => {
  const { sync } = server.composition.store;
  const snapshot = (max: number, avg: number) => ({ checkedAt: START, maxRatingDiff: max, avgRatingDiff: avg, isSignificant: max > 50, participants: 9 });
  await sync.recordDrift({ config: "square8_2", peer: "node-b" }, snapshot(400, 200));
  await sync.recordDrift({ config: "square8_2", peer: "node-b" }, snapshot(20, 4));
  await sync.recordDrift({ config: "square8_2", peer: "node-c" }, snapshot(60, 3));
  await sync.recordDrift({ config: "all_all", peer: "node-b" }, snapshot(10, 5));
  const { value, all } = await scrape();
  const square = { board_type: "square8", num_players: "2" };
  expect([value("ringrift_elo_drift_max", square), value("ringrift_elo_drift_avg", square), value("ringrift_elo_drift_significant", square)]).toEqual([60, 4, 1]);
  expect(value("ringrift_elo_drift_significant", { board_type: "all", num_players: "0" })).toBe(0);
  expect(all("ringrift_elo_drift_max")).toHaveLength(2);
});

/** Version 2 of a model, promoted by its evidence, without an error so far. */
async function promoted(model: string): Promise<void> {
  await registerVersions(server, model);
  const policy = policyText(model, "  - { check: rate, metric: error, increaseMax: 2pp }\nmonitor: { every: 1m, consecutive: 2, minSamples: 50, severe: 20 }\n");
  const from = server.clock.at;
  await server.call("POST", paths.rollouts(model), { key: `start-${model}`, body: { policy, challenger: "2" } });
  const { outcomes, labels } = syntheticStream((await server.composition.store.allocations.get(model)) as Allocation, { from, count: 1000, hits: 10 });
  server.clock.at += HOUR;
  for (const [index, batch] of batchesOf(outcomes, 1000).entries()) await server.call("POST", paths.outcomes, { key: `${model}-${index}`, body: { outcomes: batch } });
  await server.call("POST", paths.labels, { key: `${model}-labels`, body: { labels } });
  server.clock.at += MINUTE;
  await server.tick(model);
  expect((await server.call("GET", paths.model(model))).json.summary.status).toBe("promoted");
  server.clock.at += MINUTE;
}

let served = 0;
/** What serves now errs in two of five, and the monitor looks. */
async function serveAndLook(model: string): Promise<void> {
  const allocation = (await server.composition.store.allocations.get(model)) as Allocation;
  const arm = allocation.arms.find(({ ranges }) => ranges.length > 0) as Allocation["arms"][number];
  served += 1;
  const outcomes = Array.from({ length: 400 }, (_, i) => ({ requestId: `s${served}-${i}`, at: server.clock.at - 1000, model, version: arm.version, slot: arm.slot, mode: "live", epoch: allocation.epoch, unit: `u${i}`, prediction: true, metrics: { latency_ms: 5, error: i % 5 < 2 ? 1 : 0 } }));
  expect((await server.call("POST", paths.outcomes, { key: `served-${served}`, body: { outcomes } })).status).toBe(200);
  server.clock.at += 2 * MINUTE;
  await watchPromoted({ controller: server.composition.controller, hooks: [] }, model);
}

test("a version that gets worse is at risk, then taken back; a rollback by a person is not counted", async () => {
  await promoted("watched");
  await serveAndLook("watched");
  const risky = await scrape();
  expect(risky.value("ringrift_rollback_at_risk", { model_id: "watched@2" })).toBe(1);
  expect(risky.value("ringrift_rollback_checks_total", { model_id: "watched@2", triggered: "false" })).toBe(0);
  await serveAndLook("watched");
  await server.tick("watched");
  await watchPromoted({ controller: server.composition.controller, hooks: [] }, "watched");
  await promoted("by-hand");
  await server.call("POST", paths.act("by-hand", "rollback"), { key: "rollback-by-hand", body: { reason: "a test" } });
  await scrape();
  const { all, value } = await scrape();
  expect(all("ringrift_auto_rollbacks_total")).toEqual([{ name: "ringrift_auto_rollbacks_total", labels: { from_model: "watched@2", to_model: "watched@1", result: "success" }, value: 1 }]);
  expect(all("ringrift_promotion_executions_total").filter(({ labels }) => labels["promotion_type"] === "rollback")).toEqual([{ name: "ringrift_promotion_executions_total", labels: { promotion_type: "rollback", result: "success" }, value: 1 }]);
  expect(value("ringrift_rollback_checks_total", { model_id: "watched@2", triggered: "false" })).toBe(1);
  expect(value("ringrift_rollback_checks_total", { model_id: "watched@2", triggered: "true" })).toBe(1);
  // What no longer serves is at risk of nothing.
  expect(all("ringrift_rollback_at_risk").filter(({ labels }) => labels["model_id"] === "watched@2")).toEqual([]);
});

test("a rollback that can't be carried out counts every attempt, and stays out of the successes", async () => {
  await promoted("stuck");
  await serveAndLook("stuck");
  await serveAndLook("stuck");
  const { traffic } = server.composition.controller;
  const works = traffic.apply;
  traffic.apply = async () => Promise.reject(new Failure("traffic_unavailable", "the target is away"));
  for (let i = 0; i < 3; i++) await server.tick("stuck");
  await scrape();
  const failing = await scrape();
  expect(failing.value("ringrift_auto_rollbacks_total", { from_model: "stuck@2", result: "failure" })).toBe(3);
  expect(failing.value("ringrift_auto_rollbacks_total", { from_model: "stuck@2", result: "success" })).toBeUndefined();
  traffic.apply = works;
  await server.tick("stuck");
  await scrape();
  expect((await scrape()).value("ringrift_auto_rollbacks_total", { from_model: "stuck@2", result: "success" })).toBe(1);
});

test("a promotion by matches: decisions, the points gained, a preview that would have promoted, and what was carried out", async () => {
  await registerVersions(server, "player");
  const policy = "kind: rating\nname: stronger\nmodel: player\npromotion: production\nboard: hex8\nplayers: 2\nbaseline: champion\ncriteria: { minEloImprovement: 0, minGames: 50, minWinRate: 50%, confidence: 95% }\nsprt: { width: 25, beta: 5% }\n";
  const games = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ id: `g${from + i}`, players: (from + i) % 2 === 0 ? ["player@1", "player@2"] : ["player@2", "player@1"], winner: (from + i) % 4 === 3 ? "player@1" : "player@2", board: "hex8", at: START - 86_400_000 + (from + i) * 60_000 }));
  await server.call("POST", paths.matchImport, { key: "few", body: { matches: games(0, 20) } });
  await server.call("POST", paths.rollouts("player"), { key: "start-player", body: { policy, challenger: "2" } });
  await server.tick("player");
  await scrape();
  const rejected = await scrape();
  const of = (outcome: string) => ({ promotion_type: "production", outcome });
  expect([rejected.value("ringrift_promotion_decisions_total", of("rejected")), rejected.value("ringrift_promotion_decisions_total", of("approved"))]).toEqual([1, 0]);
  expect(rejected.value("ringrift_promotion_executions_total", { promotion_type: "production", result: "success" })).toBe(0);

  await server.call("POST", paths.matchImport, { key: "many", body: { matches: games(20, 600) } });
  expect((await server.call("POST", paths.preview("player"), { body: {} })).json.decision.verdict).toBe("promote");
  await server.tick("player");
  await scrape();
  const { value, all } = await scrape();
  expect(value("ringrift_promotion_decisions_total", of("approved"))).toBe(1);
  expect(value("ringrift_promotion_executions_total", { promotion_type: "production", result: "success" })).toBe(1);
  expect(value("ringrift_promotion_executions_total", { promotion_type: "production", result: "dry_run" })).toBe(1);
  expect(value("ringrift_promotion_elo_improvement_count", { promotion_type: "production" })).toBe(2);
  // 450 of 600 points are 191 Elo points.
  expect(all("ringrift_promotion_elo_improvement_bucket").find(({ labels }) => labels["le"] === "200")?.value).toBe(2);
  expect(value("ringrift_promotion_elo_improvement_bucket", { le: "150" })).toBe(0);
});

test("peers without end are bounded: who counted least recently is forgotten", async () => {
  const { sync } = server.composition.store;
  for (let i = 0; i < 199; i++) await sync.recordRun(run(`many-${i}`), null);
  await scrape();
  for (let i = 199; i < SERIES_MAX + 50; i++) await sync.recordRun(run(`many-${i}`), null);
  await scrape();
  const { all, value } = await scrape();
  expect(all("ringrift_elo_sync_matches_added_total")).toHaveLength(SERIES_MAX);
  expect(value("ringrift_elo_sync_matches_added_total", { remote_host: `many-${SERIES_MAX + 49}` })).toBe(3);
  expect(value("ringrift_elo_sync_matches_added_total", { remote_host: "many-0" })).toBeUndefined();
});
