import { request as httpRequest } from "node:http";

import { getRequestListener } from "@hono/node-server";
import { armOf } from "@gauntlet/core";
import type { Allocation, Outcome } from "@gauntlet/core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { createGateway } from "../gateway.ts";
import type { Gateway, LiveAnswer } from "../gateway.ts";
import type { GatewaySettings } from "../settings.ts";
import { split } from "../testing/split.ts";
import { listen, startUpstream } from "../testing/upstream.ts";
import type { Listening } from "../testing/upstream.ts";
import { gatewayRoutes } from "./routes.ts";
import { httpUpstreams } from "./upstreams.ts";

let upstream: Listening;
const open: Listening[] = [];

beforeAll(async () => {
  upstream = await startUpstream();
});

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

afterAll(() => upstream.close());

interface Served {
  readonly url: string;
  readonly gateway: Gateway;
  readonly outcomes: Outcome[];
}

/** A gateway for the model `mail` behind a socket, with the champion and the challenger at these paths. */
async function serve(paths: { readonly champion: string; readonly challenger: string; readonly allocation?: Allocation | null; readonly settings?: Partial<GatewaySettings> }): Promise<Served> {
  const outcomes: Outcome[] = [];
  const gateway = createGateway({
    allocation: async () => (paths.allocation === undefined ? split(8000) : paths.allocation),
    answer: httpUpstreams({ urls: { "1": upstream.url + paths.champion, "2": upstream.url + paths.challenger }, fetch, timeoutMs: 5000 }),
    record: async (batch) => {
      outcomes.push(...batch);
    },
    clock: Date,
    stopwatch: () => performance.now(),
    timeoutMs: 600,
    instanceId: "g1",
    settings: paths.settings ?? {},
  });
  const app = gatewayRoutes((model) => (model === "mail" ? gateway : null));
  const server = await listen(getRequestListener(app.fetch));
  open.push(server);
  return { url: `${server.url}/v1/models/mail/predict`, gateway, outcomes };
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: typeof body === "string" ? body : JSON.stringify(body) });
}

/** Milliseconds of each of 40 requests, one after another, that the champion answers. */
async function latencies(url: string): Promise<number[]> {
  const units = Array.from({ length: 100 }, (_, index) => `user-${index}`).filter((unit) => armOf(split(8000), unit).slot === "champion");
  const took: number[] = [];
  for (const unit of units.slice(0, 40)) {
    const from = performance.now();
    const response = await post(url, { unit, payload: { x: 0.9 } });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    took.push(performance.now() - from);
  }
  return took.toSorted((a, b) => a - b);
}

test("a request is answered by its arm, which the headers name", async () => {
  const { url, gateway, outcomes } = await serve({ champion: "/good", challenger: "/good" });
  for (let index = 0; index < 60; index++) {
    const unit = `user-${index}`;
    const arm = armOf(split(8000), unit);
    const response = await post(url, { requestId: `r${index}`, unit, payload: { x: index / 60 } });
    expect([response.status, response.headers.get("x-gauntlet-version"), response.headers.get("x-gauntlet-slot"), response.headers.get("x-gauntlet-epoch")]).toEqual([200, arm.version, arm.slot, "1"]);
    expect(await response.json()).toEqual({
      requestId: `r${index}`,
      version: arm.version,
      slot: arm.slot,
      epoch: 1,
      output: { id: `r${index}` },
      prediction: index > 30,
      score: index / 60,
      fallbackFor: null,
    });
  }
  await gateway.drain();
  expect(outcomes).toHaveLength(120);
  expect(new Set(outcomes.map((outcome) => `${outcome.requestId} ${outcome.version}`)).size).toBe(120);
  for (const outcome of outcomes) expect(outcome.metrics).toEqual({ error: 0, latency_ms: expect.any(Number) as number });
});

test("a request without an id gets one", async () => {
  const { url } = await serve({ champion: "/good", challenger: "/good" });
  const answer = (await (await post(url, { unit: "u", payload: { x: 1 } })).json()) as LiveAnswer;
  expect(answer.requestId).toBe("g1-r1");
});

test.each(["/hanging", "/slow", "/failing", "/stalling", "/resetting"])("a shadow that is %s neither delays nor fails the live answer, and is recorded", async (path) => {
  const alone = await serve({ champion: "/good", challenger: "/good", allocation: split(8000, { shadow: false }) });
  await latencies(alone.url);
  const without = await latencies(alone.url);
  const beside = await serve({ champion: "/good", challenger: path });
  const withShadow = await latencies(beside.url);
  // The shadow takes 100 ms (slow) or 600 ms (hanging, stalling): an answer that waited for it would be so much later. Medians, and
  // nearly all of the 100 ms as margin, for the machine is shared.
  expect(withShadow[20]).toBeLessThan((without[20] ?? 0) + 90);
  await beside.gateway.drain();
  const shadows = beside.outcomes.filter((outcome) => outcome.mode === "shadow");
  const { dropped } = beside.gateway.stats().shadow;
  expect(beside.outcomes.filter((outcome) => outcome.mode === "live" && outcome.metrics["error"] === 0)).toHaveLength(40);
  expect(shadows.length + dropped).toBe(40);
  expect(dropped).toBe(0);
  for (const { metrics } of shadows) {
    expect(metrics["error"]).toBe(path === "/slow" ? 0 : 1);
    if (path === "/slow") expect(metrics["latency_ms"]).toBeGreaterThan(95);
    if (path === "/hanging") expect(metrics["latency_ms"]).toBeGreaterThan(595);
  }
});

test("a hanging shadow under load is bounded, and every request is accounted for", async () => {
  const { url, gateway, outcomes } = await serve({ champion: "/good", challenger: "/hanging", allocation: split(10_000), settings: { shadowConcurrency: 4, shadowQueue: 10 } });
  const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => post(url, { unit: `user-${index}`, payload: { x: 1 } })));
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(200);
  const { running, queued } = gateway.stats().shadow;
  expect(running).toBeLessThanOrEqual(4);
  expect(queued).toBeLessThanOrEqual(10);
  await gateway.drain();
  const { shadow } = gateway.stats();
  expect(shadow.dropped).toBeGreaterThan(0);
  expect(outcomes.filter((outcome) => outcome.mode === "live")).toHaveLength(200);
  expect(outcomes.filter((outcome) => outcome.mode === "shadow").length + shadow.dropped).toBe(200);
});

test.each([
  ["/failing", 502, "answer_failed"],
  ["/hanging", 504, "answer_timeout"],
])("a live version that is %s answers %i", async (path, status, code) => {
  const { url, gateway, outcomes } = await serve({ champion: path, challenger: "/good", allocation: split(10_000) });
  const response = await post(url, { unit: "u", payload: { x: 1 } });
  expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
  expect(await response.json()).toMatchObject({ status, code, instance: "/v1/models/mail/predict" });
  await gateway.drain();
  expect(outcomes.map(({ version, mode, metrics }) => [version, mode, metrics["error"]])).toEqual([
    ["1", "live", 1],
    ["2", "shadow", 0],
  ]);
});

test("with the fallback the headers name who answered", async () => {
  const { url } = await serve({ champion: "/good", challenger: "/failing", allocation: split(0), settings: { fallback: "champion" } });
  const response = await post(url, { unit: "u", payload: { x: 1 } });
  expect([response.status, response.headers.get("x-gauntlet-version"), response.headers.get("x-gauntlet-slot")]).toEqual([200, "1", "champion"]);
  expect(await response.json()).toMatchObject({ fallbackFor: "2" });
});

const deep = (levels: number): string => `{"unit":"u","payload":${"[".repeat(levels)}${"]".repeat(levels)}}`;

test.each([
  ["is not JSON", '{"unit":', { detail: "the body is not JSON", pointers: [] }],
  ["is empty", "", { detail: "the body is not JSON", pointers: [] }],
  ["is a list", "[]", { detail: "the body is not an object", pointers: [""] }],
  ["has no unit", '{"payload":1}', { detail: "unit is not a text", pointers: ["/unit"] }],
  ["has a number as unit", '{"unit":7,"payload":1}', { detail: "unit is not a text", pointers: ["/unit"] }],
  ["has an empty unit", '{"unit":"","payload":1}', { detail: "unit is empty", pointers: ["/unit"] }],
  ["has no payload", '{"unit":"u"}', { detail: "there is no payload", pointers: ["/payload"] }],
  ["has a strange field", '{"unit":"u","payload":1,"a/b":2}', { detail: '"a/b" is not a field', pointers: ["/a~1b"] }],
  ["has a broken id", '{"unit":"u","payload":1,"requestId":""}', { detail: "requestId is empty", pointers: ["/requestId"] }],
  ["is nested too deep", deep(65), { detail: "nested deeper than 64", pointers: ["/payload"] }],
  ["would overflow a stack", deep(400_000), { detail: "nested deeper than 64", pointers: ["/payload"] }],
])("a body that %s is 400, with the place of the fault", async (_, body, { detail, pointers }) => {
  const { url, gateway, outcomes } = await serve({ champion: "/good", challenger: "/good" });
  const response = await post(url, body);
  const problem = (await response.json()) as { detail: string; code: string; errors: { pointer: string }[] };
  expect([response.status, response.headers.get("content-type"), problem.code]).toEqual([400, "application/problem+json", "invalid_input"]);
  expect(problem.detail).toContain(detail);
  expect(problem.errors.map((error) => error.pointer)).toEqual(pointers);
  await gateway.drain();
  expect(outcomes).toEqual([]);
});

test("a body that is too large is 413, whether it says its length or not", async () => {
  const { url } = await serve({ champion: "/good", challenger: "/good" });
  const large = JSON.stringify({ unit: "u", payload: "x".repeat(1_100_000) });
  expect((await post(url, large)).status).toBe(413);
  const chunked = await fetch(url, { method: "POST", body: new Blob([large]).stream(), duplex: "half" });
  expect([chunked.status, chunked.headers.get("content-type")]).toEqual([413, "application/problem+json"]);
});

test("an unknown model is 404, a model without an allocation 503", async () => {
  const { url } = await serve({ champion: "/good", challenger: "/good", allocation: null });
  const unknown = await post(url.replace("mail", "fraud"), { unit: "u", payload: 1 });
  expect([unknown.status, ((await unknown.json()) as { code: string }).code]).toEqual([404, "not_found"]);
  const unserved = await post(url, { unit: "u", payload: 1 });
  expect([unserved.status, ((await unserved.json()) as { code: string }).code, unserved.headers.get("retry-after")]).toEqual([503, "traffic_unavailable", "1"]);
});

test("a caller who goes away does not change the evidence: the answer is awaited and recorded", async () => {
  const { url, gateway, outcomes } = await serve({ champion: "/slow", challenger: "/slow" });
  const sent = httpRequest(url, { method: "POST" });
  sent.on("error", () => undefined);
  sent.end(JSON.stringify({ requestId: "left", unit: "u", payload: { x: 1 } }));
  while (gateway.stats().epoch === null) await new Promise((resolve) => setTimeout(resolve, 1));
  sent.destroy();
  await gateway.drain();
  expect(outcomes.map(({ requestId, metrics }) => [requestId, metrics["error"]])).toEqual([
    ["left", 0],
    ["left", 0],
  ]);
});

test("a caller who goes away in the middle of the body leaves nothing behind", async () => {
  const { url, gateway, outcomes } = await serve({ champion: "/good", challenger: "/good" });
  const sent = httpRequest(url, { method: "POST", headers: { "content-length": 1000 } });
  sent.on("error", () => undefined);
  sent.write('{"unit":');
  await new Promise((resolve) => setTimeout(resolve, 20));
  sent.destroy();
  expect((await post(url, { unit: "u", payload: { x: 1 } })).status).toBe(200);
  await gateway.drain();
  expect(outcomes).toHaveLength(2);
});
