import { Failure, type Allocation, type Outcome } from "@gauntlet/core";
import { paths } from "@gauntlet/contract";
import type { MessageReceipt } from "@gauntlet/controller";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { LogLine } from "../log.ts";
import type { Services } from "../services.ts";
import { addExperiment } from "../testing/experiments.ts";
import { policyText, syntheticStream } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type TestServer } from "../testing/test-server.ts";
import { receiveMessage } from "./receive-message.ts";
import { streamReporter } from "./stream-reporter.ts";

const MODEL = "fraud";
let server: TestServer;
let services: Services;
let outcomes: readonly Outcome[];
let seen: readonly { readonly experiment_id: string; readonly variant_id: string }[];

beforeAll(async () => {
  server = await startTestServer();
  services = server.composition as Services;
  await registerVersions(server, MODEL);
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } });
  const allocation = (await server.composition.store.allocations.get(MODEL)) as Allocation;
  outcomes = syntheticStream(allocation, { from: START, count: 100, hits: 10 }).outcomes.filter(({ mode }) => mode === "live");
  const { experiment, variants } = await addExperiment(server.composition.store, { name: "planner_exp", model: MODEL, epoch: allocation.epoch }, { champion: 8000, challenger: 2000 });
  seen = [{ experiment_id: experiment.id, variant_id: variants[0]?.id ?? "" }];
  server.clock.at = START + 3_600_000;
});
afterAll(() => server.close());

let serial = 0;
function receive(body: unknown, more: { readonly id?: string; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<MessageReceipt> {
  serial += 1;
  const message = { id: more.id ?? `m${serial}`, place: `S #${serial}`, headers: more.headers ?? {}, text: typeof body === "string" ? body : JSON.stringify(body) };
  return receiveMessage(message, { ...services, recorded: services.metrics.recorded });
}

async function counted(): Promise<number> {
  const { json } = await server.call("GET", paths.model(MODEL));
  return json.split.reduce((sum: number, arm: { count: number }) => sum + arm.count, 0);
}
const plan = (number: number) => ({ event_type: "plan_generated", unit_type: "user", unit_id: `u${number}`, experiments: seen, timestamp: START + number });

test("a message brings outcomes, labels or events, and counts once by its id", async () => {
  const before = await counted();
  const bodies = [{ outcomes: outcomes.slice(0, 5) }, { labels: [{ requestId: "request-1", model: MODEL, revision: 1, truth: true, source: "people", labelledAt: START }] }, { events: [plan(1), plan(2)] }];
  for (let time = 0; time < 2; time++) {
    for (const [index, body] of bodies.entries()) expect(await receive(body, { id: `message ${index}` })).toEqual({ kind: "kept" });
    expect(await counted()).toBe(before + 7);
  }
});

test("CloudEvents of every type, alone and in batches, in both modes", async () => {
  const before = await counted();
  const cloud = (id: string, type: string, data: unknown) => ({ specversion: "1.0", source: "/s", id, type: `io.gauntlet.${type}`, data });
  const batch = [cloud("a", "outcome", outcomes[10]), cloud("b", "event", plan(3)), cloud("c", "label", { requestId: "request-2", model: MODEL, revision: 1, truth: true, source: "people", labelledAt: START })];
  for (let time = 0; time < 2; time++) {
    expect(await receive(batch, { headers: { "content-type": "application/cloudevents-batch+json" } })).toEqual({ kind: "kept" });
    expect(await receive(outcomes[11], { headers: { "ce-specversion": "1.0", "ce-source": "/s", "ce-id": "d", "ce-type": "io.gauntlet.outcome" } })).toEqual({ kind: "kept" });
    expect(await counted()).toBe(before + 3);
  }
});

test("what is wrong in part is kept in part; what can never be kept is poison", async () => {
  const before = await counted();
  expect(await receive({ outcomes: [outcomes[20], { ...outcomes[21], version: "9" }] })).toMatchObject({ kind: "partly", detail: expect.stringMatching(/^1 of 2 items refused: 1: version "9"/) });
  expect(await receive({ events: [plan(4), { ...plan(5), unit_id: 7 }] })).toMatchObject({ kind: "partly", detail: expect.stringMatching(/unit_id must be text/) });
  expect(await counted()).toBe(before + 2);
  const many = Array.from({ length: 1001 }, () => 1);
  const poison = ["{", "[]", "7", {}, { outcomes: 1 }, { outcomes: [], labels: [] }, { colours: [] }, { outcomes: [{}] }, { outcomes: [{ ...outcomes[22], model: "unheard-of" }] }, { events: 7 }, { events: [7] }, { outcomes: many }, { events: many }];
  for (const body of poison) expect([body, await receive(body)]).toMatchObject([body, { kind: "poison" }]);
  expect(await receive("x", { headers: { "content-type": "application/cloudevents+avro" } })).toMatchObject({ kind: "poison" });
  expect(await receive({ specversion: "1.0", source: "/s", id: "e", type: "com.example", data: {} }, { headers: { "content-type": "application/cloudevents+json" } })).toMatchObject({ kind: "poison", detail: expect.stringContaining("/type must be io.gauntlet.event or") });
  await receive({ outcomes: outcomes.slice(30, 31) }, { id: "used" });
  expect(await receive({ outcomes: outcomes.slice(31, 32) }, { id: "used" })).toMatchObject({ kind: "poison", detail: expect.stringMatching(/^idempotency_mismatch/) });
  expect(await counted()).toBe(before + 3);
});

test("a unit has no limit in a stream: nothing is turned away that may come again", async () => {
  const { length } = await server.composition.store.experiments.events({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10_000 });
  for (let time = 0; time < 2; time++) expect(await receive({ events: Array.from({ length: 1000 }, () => ({ ...plan(6), event_type: "custom.ping", experiments: [] })) })).toEqual({ kind: "kept" });
  expect(await server.composition.store.experiments.events({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10_000 })).toHaveLength(length + 2000);
});

test("a store that is out throws, so that the message comes again", async () => {
  const down = { ...services.controller.store, evidence: { ...services.controller.store.evidence, fold: () => Promise.reject(new Failure("store_unavailable", "gone")) } };
  const message = { id: "later", place: "S #1", headers: {}, text: JSON.stringify({ outcomes: outcomes.slice(40, 41) }) };
  await expect(receiveMessage(message, { ...services, controller: { ...services.controller, store: down }, recorded: () => undefined })).rejects.toMatchObject({ code: "store_unavailable" });
  expect(await receive(message.text, { id: "later" })).toEqual({ kind: "kept" });
});

test("every message is counted, and named unless it went in whole", async () => {
  const lines: LogLine[] = [];
  const report = streamReporter((line) => lines.push(line), services.metrics);
  const stream = "nats S g";
  report({ kind: "unavailable", stream, detail: "refused" });
  report({ kind: "open", stream });
  report({ kind: "message", stream, place: "S #1", receipt: { kind: "kept" } });
  report({ kind: "message", stream, place: "S #2", receipt: { kind: "partly", detail: "1 of 2" } });
  report({ kind: "message", stream, place: "S #3", receipt: { kind: "poison", detail: "not JSON" } });
  report({ kind: "given_back", stream, place: "S #4", error: new Failure("store_unavailable", "gone") });
  expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
    "error nats S g can't be read, and is tried again: refused",
    "info nats S g: reading",
    "warn S #2 is kept in part: 1 of 2",
    "error S #3 can't be kept, and is terminated: not JSON",
    "warn S #4 is given back, to come again: gone",
  ]);
  const { text } = await server.call("GET", "/metrics");
  for (const result of ["kept", "partly", "poison", "given_back"]) expect(text).toContain(`gauntlet_stream_messages_total{stream="nats S g",result="${result}"} 1`);
});

test("a server whose stream is not there starts, says so, and ends at once", async () => {
  const other = await startTestServer({ config: { streams: [{ kind: "nats", servers: ["nats://127.0.0.1:1"], stream: "S", durable: "g" }] } });
  await expect.poll(() => other.lines.filter(({ message }) => message.includes("can't be read")).length, { timeout: 30_000 }).toBe(1);
  await other.close();
}, 60_000);
