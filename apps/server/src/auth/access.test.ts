import { paths } from "@gauntlet/contract";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createApp } from "../app.ts";
import { parseConfig } from "../config/parse-config.ts";
import { createToken } from "./tokens.ts";
import type { Services } from "../services.ts";
import { startServer } from "../start-server.ts";
import { newDataDir, registerVersions, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let routes: readonly { readonly method: string; readonly path: string }[];

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, "fraud");
  // What is routed, and not a list that somebody must keep.
  routes = createApp(server.composition as Services).routes.filter((route) => route.path !== "/*" || route.method !== "ALL");
});
afterAll(() => server.close());

/** Questions that are too long for a URL: they change nothing, and are asked as anything is read. */
const QUESTION = /^\/ofrep\/|^\/api\/v1\/assignments$|\/preview$|\/gates\/[a-z-]+$/;
const REGISTRY = /^\/(?:api\/[23]\.0|ajax-api)\//;

test("every route that can change something answers 401 without a token, with a bad one and with a revoked one", async () => {
  const changing = routes.filter(({ method, path }) => method !== "GET" && !REGISTRY.test(path) && !QUESTION.test(path) && path !== "/health" && path !== "/version");
  expect(changing.length).toBeGreaterThanOrEqual(13);
  const revoked = await server.call("POST", paths.tokens, { body: { name: "short-lived", role: "operator" } });
  await server.call("DELETE", paths.token("short-lived"));
  for (const { method, path } of changing) {
    const url = path.replaceAll(/:\w+/g, "fraud");
    for (const token of [null, "gauntlet_wrong", revoked.json.secret as string]) {
      const answer = await server.call(method, url, { token, key: "any", body: {} });
      expect([method, url, answer.status]).toEqual([method, url, 401]);
      // gRPC's number of it, which OpenTelemetry's exporters read.
      expect(answer.json.code ?? answer.json.error).toBe(path === paths.otlpLogs ? 16 : "unauthorized");
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  }
});

test("beyond loopback a question needs a token, as reading does", async () => {
  const open = await startTestServer({ config: { listen: { host: "0.0.0.0", port: 0 } } });
  try {
    const questions = routes.filter(({ method, path }) => method === "POST" && QUESTION.test(path)).map(({ path }) => path.replaceAll(/:\w+/g, "fraud"));
    expect(questions.length).toBeGreaterThanOrEqual(2);
    for (const url of questions) expect([url, (await open.call("POST", url, { token: null, body: {} })).status]).toEqual([url, 401]);
  } finally {
    await open.close();
  }
});

test("a role that is too small is 403", async () => {
  for (const role of ["viewer", "ingest"] as const) {
    const answer = await server.call("POST", paths.act("fraud", "rollback"), { token: server.tokens[role], key: "k", body: { reason: "x" } });
    expect([answer.status, answer.json.code]).toEqual([403, "forbidden"]);
  }
  expect((await server.call("POST", paths.outcomes, { token: server.tokens.viewer, key: "k", body: { outcomes: [] } })).status).toBe(403);
  expect((await server.call("POST", paths.outcomes, { token: server.tokens.ingest, key: "k", body: { outcomes: [] } })).status).toBe(200);
  expect((await server.call("GET", paths.tokens, { token: server.tokens.viewer })).status).toBe(403);
});

test("a token works from the moment it is made, also when it was made beside the server", async () => {
  await server.call("GET", paths.tokens);
  const { secret } = await createToken(server.composition.store.tokens, { name: "just made", role: "operator", now: 1 });
  expect((await server.call("GET", paths.tokens, { token: secret })).status).toBe(200);
});

test("tokens are listed without their secrets", async () => {
  const { text, json } = await server.call("GET", paths.tokens);
  expect(json.tokens.length).toBeGreaterThanOrEqual(3);
  expect(text).not.toMatch(/secretHash|gauntlet_/);
});

test.each([
  ["POST", "/api/2.0/mlflow/registered-models/create", { name: "evil" }],
  ["POST", "/ajax-api/2.0/mlflow/registered-models/create", { name: "evil" }],
  ["POST", "/api/2.0/mlflow/registered-models/alias", { name: "fraud", alias: "champion", version: "2" }],
  ["DELETE", "/api/2.0/mlflow/registered-models/alias", { name: "fraud", alias: "champion" }],
  ["POST", "/api/2.0/mlflow/model-versions/set-tag", { name: "fraud", version: "1", key: "a", value: "b" }],
  ["PUT", "/api/2.0/mlflow-artifacts/artifacts/1/x/artifacts/file", undefined],
  ["DELETE", "/api/2.0/mlflow-artifacts/artifacts/1/x/artifacts/file", undefined],
  ["POST", "/api//2.0/mlflow/registered-models/create", { name: "evil" }],
  ["POST", "/api/2.0/../2.0/mlflow/registered-models/create", { name: "evil" }],
])("%s %s changes nothing without an operator's token", async (method, path, body) => {
  for (const token of [null, server.tokens.viewer, server.tokens.ingest]) {
    const answer = await server.call(method, path, { token, ...(body === undefined ? { text: "x" } : { body }) });
    expect(answer.status).toBeGreaterThanOrEqual(401);
    expect(answer.status).toBeLessThan(405);
  }
  expect((await server.composition.controller.registry.read("fraud", [])).aliases).toEqual({ champion: "1" });
});

test("with the token that MLflow's client sends, the registry takes the change; reading needs none", async () => {
  const made = await server.call("POST", "/api/2.0/mlflow/registered-models/create", { body: { name: "mine" } });
  expect(made.status).toBe(200);
  const read = await server.call("GET", "/api/2.0/mlflow/registered-models/get?name=mine", { token: null });
  expect(read.json.registered_model.name).toBe("mine");
  const search = await server.call("POST", "/api/2.0/mlflow/runs/search", { token: null, body: { experiment_ids: ["0"] } });
  expect(search.status).toBe(200);
});

test("beyond loopback reading needs a token too, except for health", async () => {
  const open = await startTestServer({ config: { listen: { host: "0.0.0.0", port: 0 } } });
  try {
    expect((await open.call("GET", paths.models, { token: null })).status).toBe(401);
    expect((await open.call("GET", paths.models, { token: open.tokens.viewer })).status).toBe(200);
    expect((await open.call("GET", "/api/2.0/mlflow/registered-models/search", { token: null })).status).toBe(401);
    expect((await open.call("GET", "/healthz", { token: null })).status).toBe(200);
  } finally {
    await open.close();
  }
});

test("a name that is not ours is refused, so that no page can rebind it to this machine", async () => {
  for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "10.0.0.1"]) {
    const answer = await server.call("GET", paths.models, { headers: { host } });
    expect([host, answer.status]).toEqual([host, 403]);
    expect(answer.json.fix).toMatch(/allowedHosts/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  }
  for (const host of ["localhost:4400", "127.0.0.1:9", "[::1]:4400"]) expect((await server.call("GET", paths.models, { headers: { host } })).status).toBe(200);
});

test("a change that a page of another origin sends is refused even with a token", async () => {
  const act = { key: "k", body: { reason: "x" } };
  for (const headers of [{ origin: "http://evil.example" }, { origin: "null" }, { origin: "http://localhost:9999", host: "localhost:4400" }, { "sec-fetch-site": "cross-site" }]) {
    const answer = await server.call("POST", paths.act("fraud", "hold"), { ...act, headers });
    expect([JSON.stringify(headers), answer.status]).toEqual([JSON.stringify(headers), 403]);
  }
  const own = await server.call("POST", paths.act("fraud", "hold"), { ...act, headers: { origin: "http://localhost:4400", host: "localhost:4400", "sec-fetch-site": "same-origin" } });
  expect(own.status).toBe(404);
});

test("the first operator token is made once, shown once, and only its hash is kept", async () => {
  const dataDir = newDataDir();
  const config = { ...parseConfig("listen: { port: 0 }", "test", {}), dataDir };
  const first = await startServer(config, { loop: false, log: () => undefined });
  const secret = first.firstToken as string;
  expect(secret).toMatch(/^gauntlet_[\w-]{43}$/);
  const answer = await fetch(`${first.url}${paths.tokens}`, { headers: { authorization: `Bearer ${secret}` } });
  expect(((await answer.json()) as { tokens: unknown[] }).tokens).toMatchObject([{ name: "first operator", role: "operator", revokedAt: null }]);
  await first.close();
  for (const file of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name)).includes(secret)).toBe(false);
  }
  const second = await startServer(config, { loop: false, log: () => undefined });
  expect(second.firstToken).toBeNull();
  await second.close();
});
