import { hookDelivery, hookDeliveryDetail, hookList, paths } from "@gauntlet/contract";
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { policyText } from "../testing/stream.ts";
import { registerVersions, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
const KEY = Buffer.alloc(24, 7);
let server: TestServer;
let status = 204;
const told: { readonly id: string; readonly type: string; readonly data: { readonly challenger?: string } }[] = [];

/** A real receiver, which takes only what verifies. */
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    const verified = isSigned(request.headers, body);
    if (verified && status < 300) told.push({ id: String(request.headers["webhook-id"]), ...(JSON.parse(body) as { readonly type: string; readonly data: object }) });
    response.writeHead(verified ? status : 401).end();
  });
});

/** By the text of Standard Webhooks: HMAC-SHA256 of id, time and body, and a time of the last minutes. */
function isSigned(headers: IncomingHttpHeaders, body: string): boolean {
  const [id, at] = [headers["webhook-id"], headers["webhook-timestamp"]].map(String);
  const signature = createHmac("sha256", KEY).update(`${id}.${at}.${body}`).digest("base64");
  return headers["webhook-signature"] === `v1,${signature}` && Math.abs(Number(at) - Date.now() / 1000) < 300;
}

beforeAll(async () => {
  await new Promise<void>((resolve) => void receiver.listen(0, "127.0.0.1", resolve));
  const { hooks } = parseConfig(`hooks: [{ name: ops, kind: webhook, url: 'http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told', secrets: ['whsec_${KEY.toString("base64")}'] }]`, "test", {});
  server = await startTestServer({ config: { hooks } });
  await registerVersions(server, MODEL);
});
afterAll(async () => {
  await server.close();
  await new Promise<void>((resolve) => void receiver.close(() => resolve()));
});

const list = async (query = "") => hookList.parse((await server.call("GET", paths.hooks + query)).json);
const ask = (path: string, key: string) => server.call("POST", path, { key, body: {} });
const until = async (done: () => boolean | Promise<boolean>): Promise<void> => expect.poll(done, { timeout: 10_000, interval: 20 }).toBe(true);

test("a promotion by hand is told to a receiver that verifies it, and is in the log", async () => {
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } });
  await server.call("POST", paths.act(MODEL, "promote"), { key: "promote", body: { reason: "seen by hand" } });
  await until(() => told.length === 2);
  expect(told.map(({ type, data }) => [type, data.challenger]).toSorted()).toEqual([["gauntlet.promoted", "2"], ["gauntlet.verdict_changed", "2"]]);
  await until(async () => (await list()).deliveries.every((delivery) => delivery.status === "delivered"));
  const { hooks, deliveries } = await list("?hook=ops&limit=1");
  expect(hooks).toMatchObject([{ name: "ops", disabled: null }]);
  expect(deliveries).toMatchObject([{ hook: "ops", event: "promoted", status: "delivered", attempts: 1, detail: "answered 204" }]);
  expect(hooks).toMatchObject([{ form: "webhook, plain", last: { attempt: 1, kind: "delivered", detail: "answered 204" }, failedInRow: 0, waiting: 0 }]);
  for (const [query, events] of [["?hook=other", []], ["?status=failed", []], ["?status=delivered&event=promoted", ["promoted"]]] as const) expect((await list(query)).deliveries.map(({ event }) => event)).toEqual(events);
  expect((await server.call("GET", `${paths.hooks}?status=lots`)).json).toMatchObject({ status: 400, detail: expect.stringContaining("one of pending, delivered, failed") as string });
});

test("a delivery is shown as it was sent, without address and secret", async () => {
  const [newest] = (await list("?event=promoted")).deliveries;
  const detail = hookDeliveryDetail.parse((await server.call("GET", paths.hookDelivery(newest?.id ?? ""))).json);
  expect(JSON.parse(detail.message?.body ?? "")).toEqual(told.map(({ id, ...body }) => ({ id, body })).find(({ id }) => id === newest?.id)?.body);
  expect(detail).toMatchObject({ model: MODEL, tries: [{ attempt: 1, kind: "delivered" }], message: { contentType: "application/json" } });
  expect(JSON.stringify(detail)).not.toMatch(/whsec|127\.0\.0\.1|\/told/);
  expect((await server.call("GET", paths.hookDelivery("h-0"))).status).toBe(404);
});

test("a delivery is told again with its id; one that is not there, or to a hook that is not there, is refused", async () => {
  const [newest] = (await list()).deliveries;
  const id = newest?.id ?? "";
  expect((await ask(paths.hookReplay(id), "replay")).json).toMatchObject({ id, status: "pending", attempts: 0 });
  expect((await ask(paths.hookReplay(id), "replay-2")).json).toMatchObject({ status: 409 });
  await server.tick(MODEL);
  await until(() => told.filter((one) => one.id === id).length === 2);
  expect((await ask(paths.hookReplay("h-0"), "nobody")).status).toBe(404);
  expect((await ask(paths.hookTest("other"), "other")).status).toBe(404);
});

test("an answer of 410 ends it, until a test is heard", async () => {
  expect(hookDelivery.parse((await ask(paths.hookTest("ops"), "first")).json)).toMatchObject({ event: "test", status: "delivered" });
  status = 410;
  expect((await ask(paths.hookTest("ops"), "second")).json).toMatchObject({ event: "test", status: "failed", detail: "answered 410" });
  expect((await list()).hooks).toMatchObject([{ disabled: { detail: "answered 410" }, failedInRow: 1, last: { kind: "failed" } }]);
  status = 204;
  expect((await ask(paths.hookTest("ops"), "third")).json).toMatchObject({ status: "delivered" });
  expect((await list()).hooks).toMatchObject([{ disabled: null }]);
});
