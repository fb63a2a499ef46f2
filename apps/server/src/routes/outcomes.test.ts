import { paths } from "@gauntlet/contract";
import type { Allocation, Outcome } from "@gauntlet/core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { HOUR, policyText, syntheticStream } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
let server: TestServer;
let outcomes: readonly Outcome[];

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, MODEL);
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } });
  const allocation = (await server.composition.store.allocations.get(MODEL)) as Allocation;
  outcomes = syntheticStream(allocation, { from: START, count: 200, hits: 10 }).outcomes;
  server.clock.at = START + HOUR;
});
afterAll(() => server.close());

let keys = 0;
function send(items: readonly unknown[], key = `key-${keys++}`): Promise<Called> {
  return server.call("POST", paths.outcomes, { key, body: { outcomes: items } });
}

async function counted(): Promise<number> {
  const { json } = await server.call("GET", paths.model(MODEL));
  return json.split.reduce((sum: number, arm: { count: number }) => sum + arm.count, 0);
}

test("malformed JSON, another shape and unknown keys are refused as a whole", async () => {
  const bad = await server.call("POST", paths.outcomes, { key: "bad-json", text: '{"outcomes": [' });
  expect(bad.status).toBe(400);
  expect(bad.headers.get("content-type")).toBe("application/problem+json");
  expect(bad.json).toMatchObject({ code: "invalid_input", status: 400, instance: paths.outcomes });
  expect(bad.json.detail).toMatch(/not JSON/);
  for (const body of [[], 7, { outcomes: 7 }, {}, { outcomes: [], labels: [] }]) {
    const answer = await server.call("POST", paths.outcomes, { key: "bad-shape", body });
    expect([answer.status, answer.json.code]).toEqual([400, "invalid_input"]);
    expect(answer.json.fix).toMatch(/send \{"outcomes"/);
  }
});

test("without an Idempotency-Key nothing is recorded, and the answer says what to send", async () => {
  const answer = await server.call("POST", paths.outcomes, { body: { outcomes: [outcomes[0]] } });
  expect(answer.status).toBe(400);
  expect(answer.json.detail).toMatch(/Idempotency-Key is missing/);
  expect(answer.json.fix).toMatch(/UUID/);
});

test("more than 5 MB, announced or not, and more than 1000 items are 413", async () => {
  const text = JSON.stringify({ outcomes: [], padding: "x".repeat(5_100_000) });
  expect((await server.call("POST", paths.outcomes, { key: "big", text })).status).toBe(413);
  expect((await server.call("POST", paths.outcomes, { key: "big", text, headers: { "content-length": String(text.length) } })).status).toBe(413);
  const many = await send(Array.from({ length: 1001 }, () => outcomes[0]));
  expect([many.status, many.json.code]).toEqual([413, "too_large"]);
  const full = await send(Array.from({ length: 1000 }, () => ({})));
  expect(full.status).toBe(207);
});

test("good items count, bad ones are named with their place in the batch", async () => {
  const [a, b, c] = outcomes as [Outcome, Outcome, Outcome];
  const before = await counted();
  const answer = await send([
    { ...a, at: server.clock.at + 301_000 },
    a,
    { ...b, version: "9" },
    { ...b, modle: MODEL },
    { ...c, model: "unheard-of" },
    b,
    { ...c, epoch: 77 },
  ]);
  expect(answer.status).toBe(207);
  expect(answer.json.accepted).toBe(2);
  const rejected: { index: number; code: string; detail: string }[] = answer.json.rejected;
  expect(rejected.map(({ index, code }) => [index, code])).toEqual([
    [0, "invalid_input"],
    [2, "unknown_version"],
    [3, "invalid_input"],
    [4, "not_found"],
    [6, "unknown_version"],
  ]);
  expect(rejected[0]?.detail).toMatch(/301 s after the controller's clock/);
  expect(rejected[2]?.detail).toMatch(/did you mean "model"/);
  expect((await counted()) - before).toBe([a, b].filter((outcome) => outcome.mode === "live").length);
});

test("a batch that is sent again counts once and gets the first answer, also when the clock has moved on", async () => {
  const batch = [...outcomes.slice(10, 20), { ...outcomes[20], at: server.clock.at + 400_000 }];
  const first = await send(batch, "twice");
  expect([first.status, first.json.accepted]).toEqual([207, 10]);
  const before = await counted();
  server.clock.at += 600_000;
  const second = await send(batch, "twice");
  expect(second.json).toEqual(first.json);
  expect(await counted()).toBe(before);
  server.clock.at -= 600_000;
});

test("the key of another batch is 422", async () => {
  await send(outcomes.slice(30, 32), "mine");
  const other = await send(outcomes.slice(32, 34), "mine");
  expect([other.status, other.json.code]).toEqual([422, "idempotency_mismatch"]);
});

test("the same outcomes under a new key are duplicates", async () => {
  const batch = outcomes.slice(40, 50);
  await send(batch);
  const again = await send(batch);
  expect(again.json).toEqual({ accepted: 0, duplicates: 10, rejected: [] });
});

test("out of order, labels first, gives the same evidence", async () => {
  const allocation = (await server.composition.store.allocations.get(MODEL)) as Allocation;
  const stream = syntheticStream(allocation, { from: START, count: 20, hits: 10 });
  const late = stream.outcomes.map((outcome) => ({ ...outcome, requestId: `late-${outcome.requestId}` }));
  const labels = stream.labels.map((label) => ({ ...label, requestId: `late-${label.requestId}` }));
  const before = (await server.call("GET", paths.evidence(MODEL))).json.points.at(-1).paired;
  expect((await server.call("POST", paths.labels, { key: "labels-first", body: { labels } })).json.accepted).toBe(20);
  expect((await send(late.toReversed())).json.accepted).toBe(40);
  expect((await server.call("GET", paths.evidence(MODEL))).json.points.at(-1).paired).toBe(before + 20);
});
