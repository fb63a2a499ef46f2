import type { Delivery, HookAnswer } from "@gauntlet/controller";
import { Failure, type MonitorEvent } from "@gauntlet/core";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";

import { bodyOf } from "./body-of.ts";
import { httpHook, hookUrlProblem } from "./http-hook.ts";
import { reachOf } from "./reach.ts";

const EVENT: MonitorEvent = { kind: "rollback_triggered", model: "chess <!channel>", watched: "chess-1", from: "2", to: "1", at: 1_767_225_600_000, mode: "rollback", says: "3 checks in a row & @everyone `x`", samples: 41, change: -40.5, share: 0.39, response: null, withheld: null };
const DELIVERY: Delivery = { id: "h-1", hook: "ops", event: EVENT, subject: "model:chess", createdAt: 0, status: "pending", attempts: 1, nextAt: 1, detail: null, settledAt: null, tries: [] };

interface Told {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A real endpoint on a free port. */
async function endpoint(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ readonly url: string; readonly told: Told[] }> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told.push({ url: request.url ?? "", method: request.method ?? "", headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/SECRET`, told };
}

const tell = (url: string, timeoutMs = 5000): Promise<HookAnswer> => httpHook({ name: "ops", kind: "generic", url, events: ["at_risk"], timeoutMs, allowPrivate: false }, { now: () => 0 }).tell(DELIVERY);
const status = (code: number) => (_: IncomingMessage, response: ServerResponse) => void response.writeHead(code, code === 302 ? { location: "http://127.0.0.1:1/" } : {}).end("body");

describe("an endpoint over HTTP", () => {
  test("is told once, with a body and a key by which it knows a repetition", async () => {
    const { url, told } = await endpoint(status(204));
    expect(await tell(url)).toEqual({ kind: "delivered", detail: "answered 204" });
    expect(told).toMatchObject([{ method: "POST", url: "/services/SECRET", headers: { "content-type": "application/json", "idempotency-key": "h-1" }, body: bodyOf("generic", EVENT) }]);
  });

  test.each([
    [500, "retry"],
    [503, "retry"],
    [429, "retry"],
    [408, "retry"],
    [400, "refused"],
    [404, "refused"],
    [410, "gone"],
  ])("%s: %s", async (code, kind) => {
    const { url } = await endpoint(status(code));
    expect(await tell(url)).toEqual({ kind, detail: `answered ${code}` });
  });

  test("that redirects is not followed", async () => {
    const target = await endpoint(status(200));
    const { url } = await endpoint((_, response) => void response.writeHead(307, { location: target.url }).end());
    expect(await tell(url)).toEqual({ kind: "refused", detail: "answered 307: it redirects, which is not followed" });
    expect(target.told).toEqual([]);
  });

  test("that does not answer in time is tried again", async () => {
    const { url, told } = await endpoint(() => undefined);
    expect(await tell(url, 50)).toEqual({ kind: "retry", detail: "no answer within 50 ms" });
    expect(told.length).toBeLessThanOrEqual(1);
  });

  test("that begins an answer and never ends it is tried again", async () => {
    const { url } = await endpoint((_, response) => void response.writeHead(200, { "content-length": "100" }).write("half"));
    expect(await tell(url, 100)).toEqual({ kind: "retry", detail: "no answer within 100 ms" });
  });

  test("that dies half-way, before or in its answer, is tried again", async () => {
    const before = await endpoint((request) => void request.socket.destroy());
    expect(await tell(before.url)).toMatchObject({ kind: "retry", detail: expect.stringContaining("the connection failed") as string });
    const within = await endpoint((request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => request.socket.destroy());
    });
    expect(await tell(within.url)).toMatchObject({ kind: "retry", detail: expect.stringContaining("the connection failed") as string });
  });

  test("that nobody listens at is tried again; the address is in no answer", async () => {
    const { url } = await endpoint(status(200));
    for (const close of closing.splice(0)) await close();
    const answer = await tell(url);
    expect(answer).toEqual({ kind: "retry", detail: "the connection failed: ECONNREFUSED" });
    expect(JSON.stringify(answer)).not.toContain("SECRET");
  });

  test("that talks for ever is cut off", async () => {
    const { url } = await endpoint((_, response) => void response.write("x".repeat(1_000_000)));
    expect(await tell(url)).toEqual({ kind: "delivered", detail: "answered 200" });
  });

  test("by https must speak it", async () => {
    const { url } = await endpoint(status(200));
    expect(await tell(url.replace("http:", "https:"))).toMatchObject({ kind: "retry" });
  });
});

describe("which addresses may be told", () => {
  test.each([
    ["https://hooks.example/x", null],
    ["http://127.0.0.1:9/x", null],
    ["http://localhost:9/x", null],
    ["http://[::1]:9/x", null],
    ["http://hooks.example/x", "must be https"],
    ["http://10.0.0.1/x", "must be https"],
    ["https://10.0.0.1/x", "private network"],
    ["https://192.168.1.1/x", "private network"],
    ["https://100.64.0.1/x", "private network"],
    ["https://[fd00::1]/x", "private network"],
    ["https://0xa000001/x", "private network"],
    ["https://169.254.169.254/latest", "no host is told"],
    ["https://[fe80::1]/x", "no host is told"],
    ["https://[::ffff:10.0.0.1]/x", "no host is told"],
    ["https://0.0.0.0/x", "no host is told"],
    ["ftp://hooks.example/x", "must be an https URL"],
    ["https://user:pass@hooks.example/x", "user or a password"],
    ["hooks.example", "is no URL"],
  ])("%s: %s", (url, problem) => {
    const found = hookUrlProblem(url, false);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toContain(problem);
  });

  test("private ones when the configuration says so; those of nobody never", () => {
    expect(hookUrlProblem("https://10.0.0.1/x", true)).toBeNull();
    expect(hookUrlProblem("http://10.0.0.1/x", true)).toContain("must be https");
    expect(hookUrlProblem("https://169.254.169.254/x", true)).toContain("no host");
    expect([reachOf("8.8.8.8"), reachOf("[2606:4700::1111]"), reachOf("hooks.example")]).toEqual(["public", "public", "name"]);
  });

  test("a refused url is named by its hook, not by its address", () => {
    try {
      httpHook({ name: "ops", kind: "slack", url: "https://10.0.0.1/services/SECRET", events: [], timeoutMs: 1, allowPrivate: false }, { now: () => 0 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      expect(`${(error as Failure).message} ${(error as Failure).fix ?? ""}`).toContain('hook "ops"');
      expect(String(error)).not.toContain("SECRET");
    }
  });

  test("a name that means this machine is checked when it is resolved", async () => {
    // Every resolver knows it (RFC 6761); it is not `localhost`, so it is a private address like others.
    expect(await tell("https://gauntlet.localhost:9/x", 2000)).toMatchObject({ detail: expect.stringMatching(/private network|ENOTFOUND|EAI_AGAIN/) as string });
  });
});

describe("bodies", () => {
  test("Slack: one attachment, and nothing in it is markup", () => {
    expect(bodyOf("slack", EVENT)).toEqual({ attachments: [{ color: "#dc3545", text: "chess &lt;!channel&gt;: 2 is rolled back to 1. 3 checks in a row &amp; @everyone `x`", footer: "Gauntlet · chess-1 · 41 since the promotion", ts: 1_767_225_600 }] });
  });

  test("Discord: one embed, which calls nobody", () => {
    expect(bodyOf("discord", EVENT)).toEqual({
      allowed_mentions: { parse: [] },
      embeds: [{ title: "chess \\<!channel\\>: 2 is rolled back to 1".replace("\\<", "<"), description: "3 checks in a row & \\@everyone \\`x\\`", color: 0xdc3545, footer: { text: "Gauntlet · chess-1 · 41 since the promotion" }, timestamp: "2026-01-01T00:00:00.000Z" }],
    });
  });

  test("generic: message, level and source, with the fields that the reference's tools know", () => {
    expect(bodyOf("generic", { ...EVENT, kind: "regression", withheld: "cooldown", response: "slow_down" })).toMatchObject({
      level: "error",
      source: "gauntlet",
      message: expect.stringContaining("It would be rolled back, but the last rollback was too short ago. Called for: slow down") as string,
      event: { current_model_id: "2", rollback_model_id: "1", elo_regression: -40.5, games_played: 41, win_rate: 0.39, auto_triggered: true, triggered_at: "2026-01-01T00:00:00.000Z" },
    });
    expect(bodyOf("generic", { ...EVENT, mode: "notify" })).toMatchObject({ message: expect.stringContaining("should be rolled back") as string });
  });
});
