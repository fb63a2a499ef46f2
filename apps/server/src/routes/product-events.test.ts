import { paths } from "@gauntlet/contract";
import type { Allocation } from "@gauntlet/core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addExperiment } from "../testing/experiments.ts";
import { policyText } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

const MODEL = "planner_model";
let server: TestServer;
let experiment: { readonly id: string; readonly variants: readonly string[] };

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, MODEL);
  const policy = policyText(MODEL, "  - { check: quantile, metric: latency_ms, quantile: p95, atMost: 9000, increaseMax: 900 }");
  expect((await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy, challenger: "2" } })).status).toBe(200);
  const { epoch } = (await server.composition.store.allocations.get(MODEL)) as Allocation;
  const made = await addExperiment(server.composition.store, { name: "planner_exp", model: MODEL, epoch }, { champion: 8000, challenger: 2000 });
  experiment = { id: made.experiment.id, variants: made.variants.map(({ id }) => id) };
  server.clock.at = START + 3_600_000;
});
afterAll(() => server.close());

let serial = 0;
function uuid(): string {
  serial += 1;
  return `eeeeeeee-0000-4000-8000-${String(serial).padStart(12, "0")}`;
}

function event(change: object = {}): Record<string, unknown> {
  return {
    event_id: uuid(),
    event_type: "plan_generated",
    unit_type: "user",
    unit_id: `user-${serial}`,
    experiments: [{ experiment_id: experiment.id, variant_id: experiment.variants[serial % 2] }],
    metrics: { latency_ms: 450 },
    timestamp: new Date(server.clock.at - 1000).toISOString(),
    ...change,
  };
}
const send = (body: unknown, more: object = {}): Promise<Called> => server.call("POST", paths.productEvents, { token: server.tokens.ingest, body, ...more });
const sendBatch = (events: unknown, more: object = {}): Promise<Called> => server.call("POST", paths.productEventBatch, { token: server.tokens.ingest, body: { events }, ...more });
const kept = async () => server.composition.store.experiments.events({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 100_000 });

async function counted(): Promise<number> {
  const { json } = await server.call("GET", paths.model(MODEL));
  return json.split.reduce((sum: number, arm: { count: number }) => sum + arm.count, 0);
}

test("an event is kept, counted, and answered with its id; sent again it is the same one", async () => {
  const before = await counted();
  const one = event();
  for (let time = 0; time < 3; time++) expect(await send(one)).toMatchObject({ status: 200, json: { event_id: one["event_id"], status: "accepted" } });
  expect(await counted()).toBe(before + 1);
  const { event_id: _id, ...nameless } = event();
  const [first, second] = [await send(nameless), await send(nameless)];
  expect(first.json.event_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(second.json.event_id).not.toBe(first.json.event_id);
  expect(await counted()).toBe(before + 3);
});

test("an event that was kept before the process died is counted when it comes again", async () => {
  const before = await counted();
  const one = event({ metrics: {} });
  const { event_id: id, unit_id: unitId } = one as { event_id: string; unit_id: string };
  const stored = { id, unitId, eventType: "plan_generated", unitType: "user", experiments: [{ experimentId: experiment.id, variantId: experiment.variants[0] as string }], context: {}, metrics: {}, payload: null, timestamp: server.clock.at, receivedAt: server.clock.at, flags: [] };
  await server.composition.store.experiments.recordEvents([stored]);
  expect(await counted()).toBe(before);
  expect((await send(one)).json.event_id).toBe(id);
  expect(await counted()).toBe(before + 1);
});

test("personal data are gone before anything is kept, flags say what is odd", async () => {
  const one = event({ event_type: "custom.signed_up", experiments: [], timestamp: START - 8 * 86_400_000, context: { ip: "192.168.1.17", name: "Jo" }, payload: { contact: { email: "jo@example.com" }, lat: 45.1234 } });
  expect((await send(one)).status).toBe(200);
  const found = (await kept()).find(({ id }) => id === one["event_id"]);
  expect(found).toMatchObject({ context: { ip: "192.168.1.0" }, payload: { contact: { email: "[email]" }, lat: 45.1 }, flags: ["late", "no_experiment"] });
  expect(JSON.stringify(found)).not.toMatch(/example|Jo\b/);
});

test("what is wrong is 400 in the service's own words, and nothing is kept", async () => {
  const before = (await kept()).length;
  const missing = await send(event({ timestamp: undefined, unit_id: 42 }));
  expect(missing.status).toBe(400);
  expect(missing.json).toMatchObject({ error: "validation_error", message: "Invalid event", details: [{ field: "timestamp", error: "required" }, { field: "unit_id", error: "invalid" }] });
  for (const text of ["{", "[]", "7", '"x"', "null"]) expect(await server.call("POST", paths.productEvents, { text })).toMatchObject({ status: 400, json: { error: "validation_error" } });
  expect(await send(event(), { token: null })).toMatchObject({ status: 401, json: { error: "unauthorized" } });
  expect(await send(event(), { token: server.tokens.viewer })).toMatchObject({ status: 403, json: { error: "forbidden" } });
  expect((await kept()).length).toBe(before);
});

test("more than 1 MB, announced or not, is 413; a megabyte is taken", async () => {
  for (const headers of [{}, { "content-length": "1100000" }]) {
    const large = await send(event({ payload: { text: "x".repeat(1_100_000) } }), { headers });
    expect(large).toMatchObject({ status: 413, json: { error: "payload_too_large" } });
  }
  expect((await send(event({ payload: { text: "x".repeat(1_000_000) } }))).status).toBe(200);
});

test("a thousand events of a unit a minute are taken, then it is 429 until the minute has passed", async () => {
  const unit_id = "busy";
  const calls = Array.from({ length: 990 }, () => event({ unit_id, event_type: "custom.ping", experiments: [] }));
  expect(await sendBatch(calls)).toMatchObject({ status: 200, json: { accepted: 990, rejected: 0 } });
  const partly = await sendBatch(Array.from({ length: 12 }, () => event({ unit_id, event_type: "custom.ping" })));
  expect(partly).toMatchObject({ status: 207, json: { accepted: 10, rejected: 2, errors: [{ index: 10, error: "rate_limited" }, { index: 11, error: "rate_limited" }] } });
  const refused = await send(event({ unit_id }));
  expect(refused).toMatchObject({ status: 429, json: { error: "rate_limited", message: "Too many events from this unit", retry_after: 60 } });
  expect(refused.headers.get("retry-after")).toBe("60");
  expect((await send(event({ unit_id: "calm" }))).status).toBe(200);
  expect((await send(event({ unit_id, unit_type: "household" }))).status).toBe(200);
  server.clock.at += 121_000;
  expect((await send(event({ unit_id }))).status).toBe(200);
});

test("a batch: what is right is taken, what is wrong is named with its place", async () => {
  const good = [event(), event({ event_type: "plan_accepted", payload: { plan_id: "p" } })];
  const whole = await sendBatch(good);
  expect(whole).toMatchObject({ status: 200, json: { accepted: 2, rejected: 0, event_ids: good.map((one) => one["event_id"]) } });
  expect(whole.json.errors).toBeUndefined();
  const twice = event();
  const bad = [
    event({ timestamp: undefined }),
    event({ experiments: [{ experiment_id: "planner_exp", variant_id: experiment.variants[0] }] }),
    event({ timestamp: server.clock.at + 301_000 }),
    event({ event_type: "plan_made" }),
    event({ colour: "red" }),
    event({ metrics: { latency_ms: "1" } }),
    7,
  ];
  const partly = await sendBatch([twice, ...bad, twice]);
  expect(partly.status).toBe(207);
  expect(partly.json).toMatchObject({ accepted: 2, rejected: 7, event_ids: [twice["event_id"], twice["event_id"]] });
  expect(partly.json.errors.map(({ index, error }: { index: number; error: string }) => [index, error])).toEqual([
    [1, "missing_timestamp"],
    [2, "invalid_experiment_id"],
    [3, "timestamp_in_future"],
    [4, "invalid_event_type"],
    [5, "unknown_field"],
    [6, "invalid_metrics"],
    [7, "invalid_event"],
  ]);
  expect(await sendBatch([])).toMatchObject({ status: 200, json: { accepted: 0, rejected: 0, event_ids: [] } });
});

test("a batch that is none is 400, one that is too large 413, one event that is too large is named", async () => {
  for (const body of [{}, { events: {} }, { events: [], more: 1 }, []]) expect(await server.call("POST", paths.productEventBatch, { body })).toMatchObject({ status: 400, json: { error: "validation_error" } });
  expect(await sendBatch(Array.from({ length: 1001 }, () => 1))).toMatchObject({ status: 413, json: { error: "payload_too_large" } });
  expect(await sendBatch("x".repeat(10_500_000))).toMatchObject({ status: 413 });
  const mixed = await sendBatch([event(), event({ payload: { text: "x".repeat(1_100_000) } }), event()]);
  expect(mixed).toMatchObject({ status: 207, json: { accepted: 2, errors: [{ index: 1, error: "payload_too_large" }] } });
});

test("what nests without end is refused, alone and in a batch that is large", async () => {
  const nested = `${"[".repeat(300_000)}${"]".repeat(300_000)}`;
  const one = JSON.stringify(event({ payload: "HERE" })).replace('"HERE"', `{"a":${nested}}`);
  expect(await server.call("POST", paths.productEvents, { text: one })).toMatchObject({ status: 400, json: { details: [{ field: "payload" }] } });
  const padding = JSON.stringify(event({ payload: { text: "x".repeat(600_000) } }));
  const batch = await server.call("POST", paths.productEventBatch, { text: `{"events":[${one},${padding}]}` });
  expect([batch.status, batch.json.accepted, batch.json.errors]).toMatchObject([207, 1, [{ index: 0, error: "invalid_payload" }]]);
});

test("events are counted in the metrics, with why some are no evidence", async () => {
  await sendBatch([event({ experiments: [{ experiment_id: uuid(), variant_id: uuid() }] })]);
  const { text } = await server.call("GET", "/metrics");
  expect(text).toMatch(/gauntlet_events_total\{result="accepted"\} [1-9]/);
  expect(text).toMatch(/gauntlet_events_total\{result="duplicate"\} [1-9]/);
  expect(text).toMatch(/gauntlet_events_total\{result="rejected"\} [1-9]/);
  expect(text).toMatch(/gauntlet_events_uncounted_total\{why="unknown_experiment"\} 1/);
});

const ENVELOPE = { specversion: "1.0", type: "io.gauntlet.event", source: "/planner" };
const structured = (events: unknown, type = "application/cloudevents+json") => send(events, { headers: { "content-type": `${type}; charset=utf-8` } });

test("CloudEvents: structured, binary and in batches; source and id make each of them one event", async () => {
  const before = await counted();
  const { event_id: _id, timestamp: _at, ...data } = event();
  const cloud = { ...ENVELOPE, id: "e 1", time: new Date(server.clock.at).toISOString(), data };
  const first = await structured(cloud);
  expect(first).toMatchObject({ status: 200, json: { status: "accepted" } });
  const headers = { "ce-specversion": "1.0", "ce-type": cloud.type, "ce-source": "/planner", "ce-id": "e%201", "ce-time": cloud.time };
  expect((await send(data, { headers })).json).toEqual(first.json);
  expect(await counted()).toBe(before + 1);
  const batch = [cloud, { ...cloud, source: "/other" }, { ...cloud, id: "e2", type: "io.gauntlet.outcome" }, { ...cloud, id: "e3", data: undefined }, 7];
  for (const path of [paths.productEvents, paths.productEventBatch]) {
    const answer = await server.call("POST", path, { body: batch, headers: { "content-type": "application/cloudevents-batch+json" } });
    expect(answer).toMatchObject({ status: 207, json: { accepted: 2, rejected: 3, errors: [{ index: 2, error: "invalid_type" }, { index: 3, error: "invalid_data" }, { index: 4, error: "invalid_event" }] } });
    expect(answer.json.event_ids[0]).toBe(first.json.event_id);
  }
  expect(await counted()).toBe(before + 2);
});

test("CloudEvents that are wrong say where", async () => {
  const cloud = { ...ENVELOPE, id: "x", time: new Date(server.clock.at).toISOString(), data: event() };
  expect(await structured({ ...cloud, specversion: "0.3", id: "" })).toMatchObject({ status: 400, json: { error: "validation_error", details: [{ field: "specversion" }, { field: "id" }] } });
  expect(await structured({ ...cloud, type: "com.example" })).toMatchObject({ status: 400, json: { details: [{ field: "type", detail: 'must be io.gauntlet.event, not "com.example"' }] } });
  expect(await structured({ ...cloud, data: [] })).toMatchObject({ status: 400, json: { error: "validation_error" } });
  expect(await structured({}, "application/cloudevents-batch+json")).toMatchObject({ status: 400 });
  expect(await structured(cloud, "application/cloudevents+avro")).toMatchObject({ status: 415, json: { error: "unsupported_media_type" } });
  expect(await send("x", { headers: { "content-type": "text/plain", "ce-specversion": "1.0", "ce-id": "1" } })).toMatchObject({ status: 415 });
});
