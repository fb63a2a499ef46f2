import { paths } from "@gauntlet/contract";
import type { Allocation } from "@gauntlet/core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { HOUR, MINUTE, policyText, syntheticStream, type Stream } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
const DAY = 24 * HOUR;
/** The policy's window, twice the maturity of its labels, and 30 days. */
const RETAINED = HOUR + 2 * MINUTE + 30 * DAY;
let server: TestServer;
let stream: Stream;

beforeAll(async () => {
  server = await startTestServer({ config: { tick: { everyMs: 10, leaseMs: 30_000 } } });
  await registerVersions(server, MODEL);
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } });
  stream = syntheticStream((await server.composition.store.allocations.get(MODEL)) as Allocation, { from: START, count: 100, hits: 7 });
});
afterAll(() => server.close());

const sendOutcomes = (key: string): Promise<Called> => server.call("POST", paths.outcomes, { key, body: { outcomes: stream.outcomes } });
const scored = async (): Promise<number> => {
  const { json } = await server.call("GET", paths.model(MODEL));
  return json.split[0].count + json.split[1].count;
};

/** One story, in order. */
test("outcomes that are older than the retention are refused one by one; a batch that is known gets its receipt (I5)", async () => {
  server.clock.at = START + HOUR;
  expect((await sendOutcomes("then")).json).toEqual({ accepted: 200, duplicates: 0, rejected: [] });
  expect((await server.call("POST", paths.labels, { key: "labels", body: { labels: stream.labels } })).json).toMatchObject({ accepted: 100 });
  // The first half of the hour is too old now, and all of it was counted.
  server.clock.at = START + RETAINED + HOUR / 2;
  const late = await sendOutcomes("late");
  expect(late.status).toBe(207);
  expect(late.json).toMatchObject({ accepted: 0, duplicates: 100 });
  expect(late.json.rejected).toHaveLength(100);
  expect(late.json.rejected[0]).toMatchObject({ index: 0, code: "invalid_input", detail: expect.stringContaining("2026-01-01T00:00:00.000Z"), fix: expect.stringContaining("sooner") });
  expect((await sendOutcomes("then")).json).toEqual({ accepted: 200, duplicates: 0, rejected: [] });
  expect(await scored()).toBe(100);
});

test("the loop forgets raw records, batch ids and keys when they are too old, and never evidence", async () => {
  const { store } = server.composition;
  const key = { digest: "d", staleMs: 1000, now: Date.now() };
  await store.idempotency.begin({ ...key, key: "old", now: key.now - 31 * DAY });
  await store.idempotency.begin({ ...key, key: "new" });
  await store.idempotency.finish("old", { status: 200, body: "" });
  await store.idempotency.finish("new", { status: 200, body: "" });
  server.clock.at = START + RETAINED + 2 * DAY;
  server.startLoop();
  // Sent before it was forgotten, it gets its receipt; after that, all of it is too old.
  await vi.waitFor(async () => expect((await sendOutcomes("then")).json.rejected).toHaveLength(200), { timeout: 30_000 });
  expect(await scored()).toBe(100);
  expect((await server.call("GET", paths.evidence(MODEL))).json.points.at(-1).paired).toBe(100);
  expect(await store.evidence.forget(MODEL, START + RETAINED)).toBe(0);
  expect(await store.idempotency.begin({ ...key, key: "old" })).toEqual({ kind: "new" });
  expect(await store.idempotency.begin({ ...key, key: "new" })).toMatchObject({ kind: "done" });
});

test("it is done again after an hour of the controller's clock, and not before", async () => {
  const { store } = server.composition;
  const old = { model: MODEL, digest: "d", at: START, requestIds: [] };
  const isKnown = async (batchId: string): Promise<boolean> => {
    let known = true;
    const probe = store.evidence.fold({ ...old, batchId }, () => {
      known = false;
      throw new Error("only looking");
    });
    await probe.catch(() => undefined);
    return known;
  };
  await store.evidence.fold({ ...old, batchId: "later" }, () => ({ cells: [], predictions: [], labels: [], answer: null }));
  const ticks = (await server.call("GET", "/metrics")).text;
  await vi.waitFor(async () => expect((await server.call("GET", "/metrics")).text).not.toBe(ticks), { timeout: 30_000 });
  server.clock.at += HOUR - 1;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await isKnown("later")).toBe(true);
  server.clock.at += 1;
  await vi.waitFor(async () => expect(await isKnown("later")).toBe(false), { timeout: 30_000 });
});
