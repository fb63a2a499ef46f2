import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, expect, test } from "vitest";

import { gauntlet } from "./client.ts";
import type { ClientOptions } from "./connection.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly authorization: string | undefined;
  readonly lastEventId: string | undefined;
  readonly body: string;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** A server that answers the nth call by the nth answer, and every further one by the last. */
async function scripted(...answers: readonly ((response: ServerResponse, asked: Asked) => void)[]): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const call = { method: request.method ?? "", path: request.url ?? "", key: request.headers["idempotency-key"] as string | undefined, authorization: request.headers.authorization, lastEventId: request.headers["last-event-id"] as string | undefined, body };
      asked.push(call);
      answers[Math.min(asked.length, answers.length) - 1]?.(response, call);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  }));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => (response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
};
const cut = (response: ServerResponse) => void response.destroy();
const silent = () => undefined;
const problem = (status: number, code: string) => json(status, { type: "about:blank", title: code, status, detail: `it is ${code}`, code, fix: "mend it", errors: [{ pointer: "/a", detail: "is wrong" }] });
const acted = json(200, { model: "m", seq: 1, hash: "h" });

test("a change is sent again with the same key until there is an answer, with the token on each", async () => {
  const { url, asked } = await scripted(cut, problem(503, "store_unavailable"), acted);
  expect(await gauntlet({ url, token: "t" }).rollouts.hold("m", "lunch")).toEqual({ model: "m", seq: 1, hash: "h" });
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  expect(asked[0]).toMatchObject({ method: "POST", path: "/v1/models/m/hold", body: '{"reason":"lunch"}', authorization: "Bearer t" });
  expect(asked[0]?.key).toMatch(/^[0-9a-f]{32}$/);
});

test("each change has a key of its own; one that is given is kept", async () => {
  const { url, asked } = await scripted(acted);
  const client = gauntlet({ url });
  await client.rollouts.hold("m", "a");
  await client.rollouts.hold("m", "a");
  await client.rollouts.hold("m", "a", { key: "mine" });
  expect(asked[0]?.key).not.toBe(asked[1]?.key);
  expect(asked[2]?.key).toBe("mine");
});

test.each<readonly [string, (client: ReturnType<typeof gauntlet>) => Promise<unknown>]>([
  ["a tick", (client) => client.rollouts.tick("m")],
  ["a token that is made", (client) => client.tokens.create({ name: "n", role: "viewer" })],
  ["a prediction", (client) => client.models.predict("m", { unit: "u", payload: {} })],
])("%s is sent once, whatever becomes of it", async (_name, call) => {
  const { url, asked } = await scripted(problem(503, "store_unavailable"));
  await expect(call(gauntlet({ url }))).rejects.toMatchObject({ code: "store_unavailable" });
  expect(asked).toHaveLength(1);
});

test.each([
  [400, "invalid_input"],
  [401, "unauthorized"],
  [409, "conflict"],
  [422, "policy_invalid"],
])("a refusal is told at once, with its code, fix and places: %i %s", async (status, code) => {
  const { url, asked } = await scripted(problem(status, code));
  await expect(gauntlet({ url }).models.list()).rejects.toMatchObject({ name: "Failure", code, status, message: `it is ${code}`, fix: "mend it", problems: [{ pointer: "/a", detail: "is wrong" }] });
  expect(asked).toHaveLength(1);
});

test("the services under /api/v1 and OFREP refuse in words of their own", async () => {
  const service = await scripted(json(400, { error: "validation_error", message: "unit_id is missing", details: [{ field: "unit_id", error: "required" }] }));
  await expect(gauntlet(service).assignments.assign({ unit_type: "user", unit_id: "u", requested_experiments: [] })).rejects.toMatchObject({ code: "invalid_input", message: "unit_id is missing", problems: [{ pointer: "unit_id", detail: "required" }] });
  const ofrep = await scripted(json(404, { key: "f", errorCode: "FLAG_NOT_FOUND", errorDetails: "there is no flag f" }));
  await expect(gauntlet(ofrep).assignments.evaluate("f", "u")).rejects.toMatchObject({ code: "not_found", message: "there is no flag f" });
});

test("an answer of something in between is named by its status", async () => {
  const { url } = await scripted((response) => void response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>"));
  await expect(gauntlet({ url, attempts: 1 }).models.list()).rejects.toMatchObject({ code: "store_unavailable", message: "/v1/models answered 502 without saying why" });
});

test("a server that asks for a pause of minutes is not waited for", async () => {
  const { url, asked } = await scripted(json(429, { code: "rate_limited", detail: "too many" }, { "retry-after": "120" }));
  await expect(gauntlet({ url }).models.list()).rejects.toMatchObject({ code: "rate_limited" });
  expect(asked).toHaveLength(1);
});

test("a server that says nothing is given up after the time-out; nobody there is told as such", async () => {
  const { url } = await scripted(silent);
  await expect(gauntlet({ url, timeoutMs: 50, attempts: 1 }).models.list()).rejects.toMatchObject({ code: "store_unavailable", message: `the server at ${url} did not answer in time` });
  const gone = await scripted(silent);
  await closing.pop()?.();
  await expect(gauntlet({ ...gone, attempts: 1 }).models.list()).rejects.toMatchObject({ code: "store_unavailable", message: `the server at ${gone.url} does not answer` });
});

test("a call that is called off ends at once, also while it pauses", async () => {
  const { url, asked } = await scripted(problem(503, "store_unavailable"));
  const calling = new AbortController();
  const call = gauntlet({ url, attempts: 100 }).models.list({ signal: calling.signal });
  const ended = expect(call).rejects.toThrow("enough");
  while (asked.length < 2) await new Promise((done) => setTimeout(done, 5));
  calling.abort(new Error("enough"));
  await ended;
  const before = asked.length;
  await expect(gauntlet({ url }).models.list({ signal: calling.signal })).rejects.toThrow("enough");
  expect(asked).toHaveLength(before);
});

test("a redirect is not followed: a token goes to no other address", async () => {
  const elsewhere = await scripted(json(200, {}));
  const { url } = await scripted((response) => void response.writeHead(307, { location: elsewhere.url }).end());
  await expect(gauntlet({ url, token: "secret", attempts: 1 }).models.list()).rejects.toMatchObject({ code: "store_unavailable" });
  expect(elsewhere.asked).toEqual([]);
});

test.each(["", "127.0.0.1:4400", "ftp://x", "file:///etc/passwd"])("no address of a server: %j", (url) => {
  expect(() => gauntlet({ url } as ClientOptions)).toThrow(/no address of a server/);
});

test("names are part of a path and no more", async () => {
  const { url, asked } = await scripted(json(200, {}));
  await gauntlet({ url: `${url}/` }).models.get("../a b?c#d");
  expect(asked[0]?.path).toBe("/v1/models/..%2Fa%20b%3Fc%23d");
});

test("long lists go in batches under keys made of one; places are those of the whole list", async () => {
  const { url, asked } = await scripted(
    json(200, { accepted: 1000, duplicates: 0, rejected: [] }),
    cut,
    json(207, { accepted: 499, duplicates: 500, rejected: [{ index: 3, code: "unknown_version", detail: "no", fix: null }] }),
  );
  const labels = Array.from({ length: 2000 }, (_, index) => ({ requestId: `r-${index}`, model: "m", revision: 1, truth: true, source: "test", labelledAt: 0 }));
  const answer = await gauntlet({ url }).outcomes.label(labels, { key: "march" });
  expect(answer).toEqual({ accepted: 1499, duplicates: 500, rejected: [{ index: 1003, code: "unknown_version", detail: "no", fix: null }] });
  expect(asked.map(({ key }) => key)).toEqual(["march", "march.1000", "march.1000"]);
  expect(asked.map(({ body }) => (JSON.parse(body) as { readonly labels: readonly unknown[] }).labels.length)).toEqual([1000, 1000, 1000]);
});

test("a batch is no larger in bytes than the server takes", async () => {
  const { url, asked } = await scripted(json(200, { accepted: 1, duplicates: 0, rejected: [] }));
  const followUps = Array.from({ length: 40 }, (_, index) => ({ id: `e-${index}`, requestId: "ü".repeat(100_000), model: "m", at: 0, metrics: {} }));
  await gauntlet({ url }).outcomes.followUp(followUps);
  expect(asked.length).toBeGreaterThan(1);
  for (const { body } of asked) expect(Buffer.byteLength(body)).toBeLessThan(5_000_000);
  expect(asked.flatMap(({ body }) => (JSON.parse(body) as { readonly followUps: readonly unknown[] }).followUps)).toHaveLength(40);
});

test("events: a connection that is lost is made again from where it was; comments and foreign events are passed over", async () => {
  const { url, asked } = await scripted(
    (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("retry: 2000\n\nid: 1\nevent: model\ndata: {\"model\":\"a\",");
      setImmediate(() => void response.end('"seq":1}\n\n: still here\n\nevent: other\ndata: {}\n\n'));
    },
    (response, { method, path }) => void response.writeHead(200, { "content-type": "text/event-stream" }).write(`id: 2\r\nevent: model\r\ndata: {"model":"${method} ${path}","seq":2}\r\n\r\n`),
  );
  const seen: unknown[] = [];
  for await (const event of gauntlet({ url }).events.follow()) {
    seen.push(event);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual([{ model: "a", seq: 1 }, { model: "GET /v1/events", seq: 2 }]);
  expect(asked.map(({ lastEventId }) => lastEventId)).toEqual(["none", "1"]);
});

test("events: who may not read is told so, once", async () => {
  const { url, asked } = await scripted(problem(401, "unauthorized"));
  await expect(gauntlet({ url }).events.until("m", () => true)).rejects.toMatchObject({ code: "unauthorized" });
  expect(asked).toHaveLength(1);
});
