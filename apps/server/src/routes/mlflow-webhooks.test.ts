import { mlflowRegistry } from "@gauntlet/adapters";
import { paths } from "@gauntlet/contract";
import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";

import { policyText } from "../testing/stream.ts";
import { registerVersions, startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

const SECRET = "a secret of ünusual length";
let registry: TestServer;
let server: TestServer;

/** The registry is another process's, as MLflow is: a server that lends its embedded one. */
beforeAll(async () => {
  registry = await startTestServer({ options: { listen: true } });
  server = await startTestServer({ config: { registry: { kind: "mlflow", url: registry.url ?? "", token: registry.tokens.operator, timeoutMs: 5000, webhookSecret: SECRET } } });
  await registerVersions(server, "fraud");
  expect((await server.call("POST", paths.rollouts("fraud"), { key: "start", body: { policy: policyText("fraud"), challenger: "2" } })).status).toBe(200);
  await server.tick("fraud");
});
afterAll(async () => {
  await server.close();
  await registry.close();
});

const MOVED = { entity: "model_version_alias", action: "created", timestamp: "2026-01-01T00:00:00+00:00", data: { name: "fraud", alias: "champion", version: "2" } };

interface Sent {
  readonly id?: string;
  readonly secret?: string;
  /** From when it is sent. */
  readonly aheadMs?: number;
  readonly text?: string;
  /** What travels instead of what was signed. */
  readonly travels?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(sent: Sent = {}): Promise<Called> {
  const { id = randomUUID(), secret = SECRET, aheadMs = 0, text = JSON.stringify(MOVED), travels = text, headers = {} } = sent;
  const timestamp = String(Math.floor((Date.now() + aheadMs) / 1000));
  const signature = `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${text}`).digest("base64")}`;
  const all = { "content-type": "application/json", "x-mlflow-signature": signature, "x-mlflow-delivery-id": id, "x-mlflow-timestamp": timestamp, ...headers };
  return server.call("POST", paths.mlflowWebhooks, { token: null, text: travels, headers: all });
}

const decided = async (): Promise<string> => (await server.call("GET", paths.model("fraud"))).json.decision?.reason;

test("a moved alias is looked at at once, and a delivery that comes again is answered as before", async () => {
  await mlflowRegistry(server.composition.mlflow).setAlias("fraud", "champion", "2");
  const id = randomUUID();
  const first = await send({ id });
  expect([first.status, first.json]).toEqual([202, { looksAt: "fraud" }]);
  await expect.poll(decided).toBe("foreign_move");
  const seq = (await server.composition.store.ledger.head("fraud"))?.seq;
  await mlflowRegistry(server.composition.mlflow).setAlias("fraud", "champion", "1");
  expect((await send({ id })).json).toEqual({ looksAt: "fraud" });
  expect((await send({ id, text: JSON.stringify({ ...MOVED, action: "deleted" }) })).status).toBe(422);
  await server.call("GET", paths.models);
  expect((await server.composition.store.ledger.head("fraud"))?.seq).toBe(seq);
});

test.each<[string, Sent]>([
  ["another secret", { secret: "another secret" }],
  ["another body than was signed", { travels: JSON.stringify({ ...MOVED, data: { name: "other" } }) }],
  ["another id than was signed", { headers: { "x-mlflow-delivery-id": randomUUID() } }],
  ["another time than was signed", { headers: { "x-mlflow-timestamp": String(Math.floor(Date.now() / 1000) + 30) } }],
  ["an old delivery", { aheadMs: -301_000 }],
  ["one from the future", { aheadMs: 305_000 }],
  ["a signature of no known version", { headers: { "x-mlflow-signature": "v2,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" } }],
  ["an empty signature", { headers: { "x-mlflow-signature": "" } }],
  ["a delivery id that is none", { id: "../../etc passwd" }],
])("%s is refused, and says no more than that", async (_, sent) => {
  const { status, json, text } = await send(sent);
  expect([status, json.code]).toEqual([401, "unauthorized"]);
  expect(text).not.toContain(SECRET);
});

test.each([
  ["an event of a release to come", { entity: "moon", action: "waxed", timestamp: "", data: {} }],
  ["another entity", { ...MOVED, entity: "registered_model" }],
  ["a model that no rollout has", { ...MOVED, data: { name: "unheard of", alias: "champion" } }],
  ["an alias event without a model", { ...MOVED, data: {} }],
  ["a name that is none", { ...MOVED, data: { name: "$root" } }],
  ["a name that is no text", { ...MOVED, data: { name: { toString: 1 } } }],
])("%s is taken and left alone", async (_, body) => {
  const { status, json } = await send({ text: JSON.stringify(body) });
  expect([status, json]).toEqual([202, { looksAt: null }]);
});

test.each([
  ["no JSON", "{"],
  ["no object", "[]"],
  ["no data", '{"entity":"model_version_alias","action":"created","timestamp":""}'],
])("%s is malformed, though it is signed", async (_, text) => {
  expect((await send({ text })).status).toBe(400);
});

test("without a secret in the configuration none is taken", async () => {
  const answer = await registry.call("POST", paths.mlflowWebhooks, { body: MOVED });
  expect([answer.status, answer.json.fix]).toEqual([401, expect.stringContaining("registry.webhookSecret")]);
});
