import { paths } from "@gauntlet/contract";
import { request, type SyncRun } from "@gauntlet/controller";
import { afterAll, beforeAll, expect, test } from "vitest";

import { samplesOf } from "../testing/scrape.ts";
import { policyText } from "../testing/stream.ts";
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

test("a rollback that the monitor asked for is counted when it is carried out; a person's is not", async () => {
  for (const [model, by] of [["watched", "monitor"], ["by-hand", "Ada"]] as const) {
    await registerVersions(server, model);
    await server.call("POST", paths.rollouts(model), { key: `start-${model}`, body: { policy: policyText(model), challenger: "2" } });
    await server.call("POST", paths.act(model, "promote"), { key: `promote-${model}`, body: { reason: "a test" } });
    await request(server.composition.controller, model, { kind: "rollback", by, reason: "it got worse" });
    await server.tick(model);
  }
  await scrape();
  const { all } = await scrape();
  expect(all("ringrift_auto_rollbacks_total")).toEqual([{ name: "ringrift_auto_rollbacks_total", labels: { from_model: "watched@2", to_model: "watched@1", result: "success" }, value: 1 }]);
  expect(all("ringrift_promotion_executions_total").filter(({ labels }) => labels["promotion_type"] === "rollback")).toEqual([{ name: "ringrift_promotion_executions_total", labels: { promotion_type: "rollback", result: "success" }, value: 1 }]);
});

test("a rollback that can't be carried out counts every attempt, and stays out of the successes", async () => {
  await registerVersions(server, "stuck");
  await server.call("POST", paths.rollouts("stuck"), { key: "start-stuck", body: { policy: policyText("stuck"), challenger: "2" } });
  await server.call("POST", paths.act("stuck", "promote"), { key: "promote-stuck", body: { reason: "a test" } });
  const { traffic } = server.composition.controller;
  const works = traffic.apply;
  traffic.apply = async () => Promise.reject(new Error("away"));
  await request(server.composition.controller, "stuck", { kind: "rollback", by: "monitor", reason: "it got worse" });
  await server.tick("stuck");
  await scrape();
  const failing = await scrape();
  expect(failing.value("ringrift_auto_rollbacks_total", { from_model: "stuck@2", result: "failure" })).toBeGreaterThanOrEqual(1);
  expect(failing.value("ringrift_auto_rollbacks_total", { from_model: "stuck@2", result: "success" })).toBeUndefined();
  traffic.apply = works;
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
