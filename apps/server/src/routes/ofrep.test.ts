import { bulkEvaluation, evaluation } from "@gauntlet/contract";
import { allocate, withShares } from "@gauntlet/core";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addExperiment, changeExperiment, PLAN_EXP_ID, withStatus } from "../testing/experiments.ts";
import { START, startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  const { store } = server.composition;
  await addExperiment(store, { id: PLAN_EXP_ID, name: "plan_exp" });
  await addExperiment(store, { name: "draft_exp", status: "draft" });
  await addExperiment(store, { name: "done_exp", status: "completed" });
  await addExperiment(store, { name: "later_exp", startAt: START + 1000, endAt: START + 2000 });
  await addExperiment(store, { name: "one_arm_exp" }, { control: 10_000 });
  await addExperiment(store, { name: "paused_exp" });
  await store.allocations.put(allocate({ model: "mail", epoch: 3, seed: "mail-1", shares: [{ slot: "champion", version: "4", basisPoints: 9000 }, { slot: "challenger", version: "5", basisPoints: 1000 }], shadow: false }));
  await store.allocations.put(allocate({ model: "mail with spaces", epoch: 1, seed: "s", shares: [{ slot: "champion", version: "4", basisPoints: 10_000 }], shadow: false }));
});
afterAll(() => server.close());

const evaluate = (key: string, targetingKey: unknown, more: Parameters<TestServer["call"]>[2] = {}): Promise<Called> => server.call("POST", `/ofrep/v1/evaluate/flags/${key}`, { token: null, body: { context: { targetingKey } }, ...more });
const evaluateAll = (targetingKey: string, headers: Readonly<Record<string, string>> = {}, more = ""): Promise<Called> => server.call("POST", `/ofrep/v1/evaluate/flags${more}`, { token: null, body: { context: { targetingKey, plan: "premium" } }, headers });

test("a unit is given the config of its variant, and what an event about it has to name", async () => {
  const { status, json, headers } = await evaluate("plan_exp", "user-42");
  expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
  const { variants } = (await server.composition.store.experiments.find("plan_exp")) ?? { variants: [] };
  expect(json).toEqual({
    key: "plan_exp",
    value: variants[0]?.config,
    reason: "SPLIT",
    variant: "control",
    metadata: { experimentId: PLAN_EXP_ID, variantId: variants[0]?.id, unitType: "user", epoch: 1, version: "1", hash: "sha256" },
  });
  expect(evaluation.parse(json)).toEqual(json);
  expect((await evaluate("plan_exp", "user-123")).json.variant).toBe("B");
  expect(Number(/max-age=(\d+)/.exec(headers.get("cache-control") ?? "")?.[1])).toBeLessThanOrEqual(30);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("one arm is STATIC; a model that is in no experiment is a flag whose value is the version", async () => {
  expect((await evaluate("one_arm_exp", "u")).json).toMatchObject({ reason: "STATIC", variant: "control" });
  expect((await evaluate("mail", "user-1")).json).toEqual({ key: "mail", value: expect.stringMatching(/^[45]$/), reason: "SPLIT", variant: expect.stringMatching(/^cha/), metadata: { epoch: 3, version: expect.any(String), model: "mail", hash: "murmur3" } });
});

test.each([
  ["a flag that nobody knows", "nothing", { context: { targetingKey: "u" } }, 404, "FLAG_NOT_FOUND"],
  ["a key that can't be one", "mail%20with%20spaces", { context: { targetingKey: "u" } }, 404, "FLAG_NOT_FOUND"],
  ["a body that is not JSON", "plan_exp", "{", 400, "PARSE_ERROR"],
  ["a body that is a list", "plan_exp", [], 400, "INVALID_CONTEXT"],
  ["a context that is a text", "plan_exp", { context: "u" }, 400, "INVALID_CONTEXT"],
  ["no body's context", "plan_exp", {}, 400, "TARGETING_KEY_MISSING"],
  ["no targeting key", "plan_exp", { context: { plan: "free" } }, 400, "TARGETING_KEY_MISSING"],
  ["an empty targeting key", "plan_exp", { context: { targetingKey: "" } }, 400, "TARGETING_KEY_MISSING"],
  ["a targeting key that is a number", "plan_exp", { context: { targetingKey: 7 } }, 400, "INVALID_CONTEXT"],
  ["a targeting key that no table could keep", "plan_exp", { context: { targetingKey: "a\0b" } }, 400, "INVALID_CONTEXT"],
  ["a lone surrogate", "plan_exp", '{"context":{"targetingKey":"\\ud800"}}', 400, "INVALID_CONTEXT"],
  ["a targeting key that is too long", "plan_exp", { context: { targetingKey: "u".repeat(256) } }, 400, "INVALID_CONTEXT"],
  ["a body that is too large", "plan_exp", { context: { targetingKey: "u", note: "x".repeat(200_000) } }, 400, "PARSE_ERROR"],
])("%s is refused in OFREP's words", async (_, key, body, status, errorCode) => {
  const answer = await server.call("POST", `/ofrep/v1/evaluate/flags/${key}`, typeof body === "string" ? { text: body } : { body });
  expect([answer.status, answer.json]).toEqual([status, { key: decodeURIComponent(key), errorCode, errorDetails: expect.any(String) }]);
  expect(answer.headers.get("content-type")).toBe("application/json");
});

test("a draft, a completed experiment and one that is not open are DISABLED: the client takes its own default", async () => {
  for (const key of ["draft_exp", "done_exp", "later_exp"]) {
    const { status, json } = await evaluate(key, "u");
    expect([status, json.reason, json.variant, "value" in json]).toEqual([200, "DISABLED", "", false]);
  }
  server.clock.at = START + 1500;
  expect((await evaluate("later_exp", "u")).json.reason).toBe("SPLIT");
  server.clock.at = START + 2000;
  expect((await evaluate("later_exp", "u")).json.reason).toBe("DISABLED");
  server.clock.at = START;
});

test("paused: who was assigned keeps the variant, nobody new is; a rollback reaches both", async () => {
  const { store } = server.composition;
  const before = (await evaluate("paused_exp", "known-unit")).json;
  await changeExperiment(store, "paused_exp", withStatus("paused"));
  // Another unit each time: one that comes before the pause is seen is assigned.
  let tries = 0;
  await eventually(async () => expect((await evaluate("paused_exp", `new-unit-${tries++}`)).json.reason).toBe("DISABLED"));
  expect((await evaluate("paused_exp", "known-unit")).json).toMatchObject({ variant: before.variant, value: before.value, metadata: { epoch: 2 } });
  const other = before.variant === "control" ? "B" : "control";
  await changeExperiment(store, "paused_exp", (view) => withShares(view, { [other]: 10_000 }));
  await eventually(async () => expect((await evaluate("paused_exp", "known-unit")).json).toMatchObject({ variant: other, reason: "STATIC" }));
  expect((await evaluate("paused_exp", "new-unit")).json.reason).toBe("DISABLED");
});

test("all flags in one answer, with an ETag of answer and context", async () => {
  const first = await evaluateAll("user-42");
  expect(bulkEvaluation.parse(first.json)).toEqual(first.json);
  expect(first.json.flags.map((flag: { key: string }) => flag.key).toSorted()).toEqual(["done_exp", "draft_exp", "later_exp", "mail", "one_arm_exp", "paused_exp", "plan_exp"]);
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[\w-]{27}"$/);
  const again = await evaluateAll("user-42", { "if-none-match": `"x", W/${etag}` });
  expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", etag]);
  const other = await evaluateAll("user-43", { "if-none-match": etag });
  expect([other.status, other.headers.get("etag") === etag]).toEqual([200, false]);
  expect(first.json.eventStreams).toEqual([{ type: "sse", endpoint: { requestUri: "/ofrep/v1/events" }, inactivityDelaySec: 120 }]);
});

test("a change of any epoch is another ETag, and a client that was told of it elsewhere gets it at once", async () => {
  const before = await evaluateAll("user-42");
  await changeExperiment(server.composition.store, "plan_exp", (view) => withShares(view, { control: 4000, B: 6000 }));
  const after = await evaluateAll("user-42", { "if-none-match": before.headers.get("etag") ?? "" }, "?flagConfigEtag=of-another-replica");
  expect([after.status, after.json.metadata.version === before.json.metadata.version]).toEqual([200, false]);
  expect(after.json.flags.find((flag: { key: string }) => flag.key === "plan_exp")).toMatchObject({ variant: "B", metadata: { epoch: 2 } });
});

test("the stream tells of the present version, then of every other one", async () => {
  const response = await server.fetch(new Request("http://127.0.0.1/ofrep/v1/events"));
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  const messages = readMessages(response);
  const first = await messages.next();
  expect(first).toMatchObject({ type: "refetchEvaluation", etag: (await evaluateAll("u")).json.metadata.version, lastModified: expect.any(Number) });
  await changeExperiment(server.composition.store, "one_arm_exp", withStatus("completed"));
  const second = await messages.next();
  expect([second.type, second.etag === first.etag]).toEqual(["refetchEvaluation", false]);
  await messages.cancel();
  const resumed = readMessages(await server.fetch(new Request("http://127.0.0.1/ofrep/v1/events", { headers: { "last-event-id": second.etag } })));
  await changeExperiment(server.composition.store, "plan_exp", withStatus("completed"));
  expect((await resumed.next()).etag).not.toBe(second.etag);
  await resumed.cancel();
});

test("beyond loopback an evaluation needs a token, in either header, and its stream a ticket; revoked, both end", async () => {
  const open = await startTestServer({ config: { listen: { host: "0.0.0.0", port: 0 } } });
  try {
    await addExperiment(open.composition.store, { name: "plan_exp" });
    const path = "/ofrep/v1/evaluate/flags";
    const body = { context: { targetingKey: "u" } };
    const refused = await open.call("POST", `${path}/plan_exp`, { token: null, body });
    expect([refused.status, refused.headers.get("www-authenticate"), refused.headers.get("content-type"), refused.json.errorDetails]).toEqual([401, "Bearer", "application/json", expect.stringMatching(/token/)]);
    for (const role of ["viewer", "ingest", "operator"] as const) {
      expect((await open.call("POST", `${path}/plan_exp`, { token: open.tokens[role], body })).status).toBe(200);
      expect((await open.call("POST", `${path}/plan_exp`, { token: null, headers: { "x-api-key": open.tokens[role] }, body })).status).toBe(200);
    }
    const bulk = await open.call("POST", path, { token: open.tokens.viewer, body });
    const uri = bulk.json.eventStreams[0].endpoint.requestUri as string;
    expect(uri).toMatch(/^\/ofrep\/v1\/events\?ticket=t-[0-9a-f]{16}\.[\w-]{43}$/);
    expect(uri).not.toContain(open.tokens.viewer.slice(9));
    const streamed = await open.fetch(new Request(`http://127.0.0.1${uri}`));
    expect(streamed.status).toBe(200);
    await streamed.body?.cancel();
    for (const bad of ["/ofrep/v1/events", `${uri}x`, "/ofrep/v1/events?ticket=", uri.replace(/\?.*/, "?ticket=t-0000000000000000.x")]) expect((await open.fetch(new Request(`http://127.0.0.1${bad}`))).status).toBe(401);
    // A ticket opens nothing but the stream.
    const ticket = uri.split("=")[1] as string;
    expect((await open.call("GET", "/v1/models", { token: ticket })).status).toBe(401);
    const tokens = (await open.call("GET", "/v1/tokens")).json.tokens as { id: string; role: string }[];
    await open.call("DELETE", `/v1/tokens/${tokens.find((one) => one.role === "viewer")?.id ?? ""}`);
    await eventually(async () => expect((await open.fetch(new Request(`http://127.0.0.1${uri}`))).status).toBe(401));
  } finally {
    await open.close();
  }
});

test("more than its share of calls is 429, with whole seconds to wait", async () => {
  const limits = { assignmentsPerUnit: 1, assignmentsPerToken: 1, evaluationsPerUnit: 2, evaluationsPerToken: 3 };
  const strict = await startTestServer({ config: { limits } });
  try {
    const call = (unit: string) => strict.call("POST", "/ofrep/v1/evaluate/flags", { body: { context: { targetingKey: unit } } });
    expect([(await call("a")).status, (await call("a")).status]).toEqual([200, 200]);
    const limited = await call("a");
    expect([limited.status, limited.headers.get("retry-after"), limited.json.errorCode]).toEqual([429, "60", "GENERAL"]);
    expect([(await call("b")).status, (await call("c")).status]).toEqual([200, 429]);
  } finally {
    await strict.close();
  }
});

test("what an operator changes through the API is in the next answer", async () => {
  await addExperiment(server.composition.store, { id: "550e8400-e29b-41d4-a716-446655440003", name: "hand_exp" });
  const shares = (control: number, expectedEpoch: number) => server.call("POST", "/v1/experiments/hand_exp/allocate", { key: `shares-${expectedEpoch}`, body: { expectedEpoch, reason: "a test", shares: { control, B: 10_000 - control } } });
  for (const [epoch, control, variant] of [[2, 10_000, "control"], [3, 1, "B"], [4, 10_000, "control"]] as const) {
    const answer = await shares(control, epoch - 1);
    expect(answer.status, answer.text).toBe(200);
    expect((await evaluate("hand_exp", "user-1")).json).toMatchObject({ variant, metadata: { epoch } });
  }
});

test("what became of calls, and how long they took, is at /metrics", async () => {
  const count = async (result: string): Promise<number> => Number(new RegExp(`gauntlet_assignment_duration_seconds_count\\{result="${result}"\\} (\\d+)`).exec((await server.call("GET", "/metrics")).text)?.[1] ?? 0);
  const [given, refused] = [await count("given"), await count("refused")];
  await evaluate("plan_exp", "u");
  await evaluateAll("u");
  await server.call("POST", "/api/v1/assignments", { body: { unit_type: "user", unit_id: "u", requested_experiments: [] } });
  await evaluate("plan_exp", 7);
  await server.call("POST", "/api/v1/assignments", { body: {} });
  expect([await count("given"), await count("refused")]).toEqual([given + 3, refused + 2]);
});

test("assignments are recorded, one row for a unit and epoch, before the server is gone", async () => {
  const { store } = server.composition;
  const { experiment } = await addExperiment(store, { name: "recorded_exp" });
  await eventually(async () => expect((await evaluate("recorded_exp", "r-0")).status).toBe(200));
  for (let i = 0; i < 5; i++) await evaluate("recorded_exp", `r-${i % 3}`);
  await eventually(async () => {
    const rows = await store.experiments.assignments(experiment.id, ["r-0", "r-1", "r-2", "r-3"].map((unitId) => ({ unitType: "user", unitId })));
    expect(rows.map(({ unitId, epoch }) => [unitId, epoch]).toSorted()).toEqual([["r-0", 1], ["r-1", 1], ["r-2", 1]]);
  });
});

/** What another process wrote is seen within a second or so. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + 20_000; ; await sleep(50)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

interface Message {
  readonly type: string;
  readonly etag: string;
}

function readMessages(response: Response): { next(): Promise<Message>; cancel(): Promise<void> } {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    async next() {
      for (;;) {
        const found = /^data: (.+)\n\n/m.exec(text);
        if (found !== null) {
          text = text.slice(found.index + found[0].length);
          return JSON.parse(found[1] as string) as Message;
        }
        const { value, done } = await reader.read();
        if (done) throw new Error("the stream ended");
        text += decoder.decode(value, { stream: true });
      }
    },
    cancel: () => reader.cancel(),
  };
}
