import { paths } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";

import { openStoreForReading } from "./compose.ts";
import { parseConfig } from "./config/parse-config.ts";
import { policyText } from "./testing/stream.ts";
import { newDataDir, registerVersions, START, startTestServer, type TestServer } from "./testing/test-server.ts";
import { modelDetailView } from "./views/model-detail.ts";

const running: TestServer[] = [];

async function start(given?: Parameters<typeof startTestServer>[0]): Promise<TestServer> {
  const server = await startTestServer(given);
  running.push(server);
  return server;
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw new Error(`a Failure was expected, not ${String(error)}`);
}

test("a data directory in use names its holder and where it listens", async () => {
  const first = await start({ options: { listen: true } });
  const failure = await failureOf(startTestServer({ dataDir: first.dataDir }));
  expect(failure.code).toBe("data_dir_in_use");
  expect(failure.message).toContain("gauntlet up");
  expect(failure.message).toContain(String(process.pid));
  expect(failure.fix).toContain(first.url);
});

test("a port in use is said, and gives the data directory back", async () => {
  const first = await start({ options: { listen: true } });
  const port = Number(new URL(first.url ?? "").port);
  const dataDir = newDataDir();
  const failure = await failureOf(startTestServer({ dataDir, config: { listen: { host: "127.0.0.1", port } }, options: { listen: true } }));
  expect([failure.code, failure.message]).toEqual(["conflict", `127.0.0.1:${port} is taken by another process`]);
  await start({ dataDir });
});

test("I10: a corrupt ledger stops decisions and acts, names chain and entry, and leaves reading", async () => {
  const before = await start();
  await registerVersions(before, "fraud");
  await before.call("POST", paths.rollouts("fraud"), { key: "start", body: { policy: policyText("fraud"), challenger: "2" } });
  await before.close();
  const database = new DatabaseSync(join(before.dataDir, "gauntlet.db"));
  // Somebody with the file in hand, and no respect for its triggers.
  for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()) database.exec(`DROP TRIGGER "${String(name)}"`);
  database.exec("UPDATE entries SET entry = replace(entry, 'was absent', 'was Absent') WHERE chain = 'fraud' AND seq = 2");
  expect(database.prepare("SELECT changes() AS n").get()).toEqual({ n: 1 });
  database.close();

  const after = await start({ dataDir: before.dataDir });
  const verified = await after.call("GET", paths.verify);
  expect(verified.json.status).toBe("broken");
  expect(verified.json.breaks[0]).toMatchObject({ chain: "fraud", seq: 2 });
  const ready = await after.call("GET", "/readyz");
  expect([ready.status, ready.json.ledger]).toEqual([503, "broken"]);
  const failure = await failureOf(after.tick("fraud"));
  expect(failure.code).toBe("ledger_corrupt");
  expect(failure.message).toMatch(/entry 2 of fraud/);
  const act = await after.call("POST", paths.act("fraud", "rollback"), { key: "k", body: { reason: "x" } });
  expect([act.status, act.json.code]).toEqual([500, "ledger_corrupt"]);
  expect((await after.call("GET", paths.models)).json.models).toHaveLength(1);
  expect((await after.call("GET", "/metrics")).text).toContain("gauntlet_ledger_verified 0");
  expect(after.lines.some((line) => line.level === "error" && /the ledger is broken at entry 2 of fraud/.test(line.message))).toBe(true);
});

test("the loop decides by itself, and a model that fails does not stop the others", async () => {
  const server = await start({ config: { tick: { everyMs: 20, leaseMs: 30_000 } } });
  await registerVersions(server, "a");
  await registerVersions(server, "b");
  for (const model of ["a", "b"]) await server.call("POST", paths.rollouts(model), { key: `start ${model}`.replace(" ", "-"), body: { policy: policyText(model), challenger: "2" } });
  const { registry } = server.composition.controller;
  const read = registry.read.bind(registry);
  Object.assign(registry, {
    read: (model: string, versions: readonly string[]) => {
      if (model === "a") throw new Error("a surprise");
      return read(model, versions);
    },
  });
  server.startLoop();
  await expect.poll(async () => (await server.call("GET", paths.model("b"))).json.summary.verdict).toBe("hold");
  expect(server.lines.filter((line) => line.level === "error" && line.fields?.["model"] === "a").map((line) => line.message)).toContain("a surprise");
});

test("a model whose registry does not answer keeps no other from its rollback", async () => {
  const server = await start({ config: { tick: { everyMs: 20, leaseMs: 30_000 } } });
  for (const model of ["a", "b"]) {
    await registerVersions(server, model);
    await server.call("POST", paths.rollouts(model), { key: `start-${model}`, body: { policy: policyText(model), challenger: "2" } });
  }
  const { registry } = server.composition.controller;
  const read = registry.read.bind(registry);
  const slow = Promise.withResolvers<void>();
  let asked = false;
  Object.assign(registry, {
    read: async (model: string, versions: readonly string[]) => {
      if (model === "a") asked = true;
      if (model === "a") await slow.promise;
      return read(model, versions);
    },
  });
  server.startLoop();
  await expect.poll(() => asked, { timeout: 20_000 }).toBe(true);
  await server.call("POST", paths.act("b", "rollback"), { key: "back", body: { reason: "it must not wait" } });
  expect((await server.composition.store.ledger.head("b"))?.state?.rollout?.status).toBe("rolled_back");
  slow.resolve();
});

test("a registry of the user's own is spoken to over HTTP: aliases move there, and a token that may not is named", async () => {
  const registry = await start({ options: { listen: true } });
  await registerVersions(registry, "fraud");
  const own = { kind: "mlflow", url: registry.url ?? "", timeoutMs: 5000 } as const;
  const server = await start({ config: { registry: { ...own, token: registry.tokens.operator } } });
  const begun = await server.call("POST", paths.rollouts("fraud"), { key: "start", body: { policy: policyText("fraud"), challenger: "2" } });
  expect(begun.status).toBe(200);
  expect((await registry.composition.controller.registry.read("fraud", [])).aliases).toEqual({ champion: "1", challenger: "2" });
  expect((await server.call("GET", paths.model("fraud"))).json.aliases).toEqual({ champion: "1", challenger: "2" });
  const { controller } = server.composition;
  const away = (): Promise<never> => Promise.reject(new Failure("traffic_unavailable", "nobody answers"));
  const shown = await modelDetailView({ ...controller, registry: { ...controller.registry, read: away }, traffic: { ...controller.traffic, read: away } }, "fraud", {});
  expect([shown.aliases, shown.summary.challengerShare, shown.state.rollout?.status]).toEqual([null, null, "running"]);
  expect((await server.call("GET", "/api/2.0/mlflow/registered-models/search")).status).toBe(404);

  const powerless = await start({ config: { registry: { ...own, token: registry.tokens.viewer } } });
  await powerless.call("POST", paths.rollouts("fraud"), { key: "start", body: { policy: policyText("fraud"), challenger: "2" } });
  const { summary } = (await powerless.call("GET", paths.model("fraud"))).json;
  // The challenger's alias is there already, so only what must be changed can be refused.
  await powerless.call("POST", paths.act("fraud", "rollback"), { key: "back", body: { reason: "try" } });
  const after = (await powerless.call("GET", paths.model("fraud"))).json.summary;
  expect(summary.status).toBe("running");
  expect(after.applying).toBe(true);
  expect(after.failure).toMatch(/403|token|PERMISSION/);
});

test("another process may read beside a running server", async () => {
  const server = await start();
  await registerVersions(server, "fraud");
  await server.call("POST", paths.rollouts("fraud"), { key: "start", body: { policy: policyText("fraud"), challenger: "2" } });
  const store = await openStoreForReading({ ...parseConfig("", "test", {}), dataDir: server.dataDir });
  expect((await store.ledger.head("fraud"))?.seq).toBeGreaterThan(1);
  await store.close();
});

test("shutting down seals the root over every chain, and the data goes on where it was", async () => {
  const first = await start();
  await registerVersions(first, "fraud");
  await first.call("POST", paths.rollouts("fraud"), { key: "start", body: { policy: policyText("fraud"), challenger: "2" } });
  await first.call("POST", paths.act("fraud", "hold"), { key: "hold", body: { reason: "wait" } });
  const head = (await first.composition.store.ledger.head("fraud"))?.hash;
  await first.close();
  const second = await start({ dataDir: first.dataDir });
  const [root] = await second.composition.store.ledger.read("$root", ((await second.composition.store.ledger.head("$root"))?.seq ?? 1) - 1, 1);
  expect(root?.event).toMatchObject({ kind: "root", heads: { fraud: { hash: head } } });
  expect((await second.call("GET", paths.models)).json.models[0]).toMatchObject({ model: "fraud", status: "running" });
});

test("events tell which model changed, beat while nothing does, and replay after a gap", async () => {
  const server = await start({ options: { listen: true } });
  await registerVersions(server, "fraud");
  const first = await openEvents(server.url ?? "", null);
  await server.call("POST", paths.rollouts("fraud"), { key: "start", body: { policy: policyText("fraud"), challenger: "2" } });
  const event = await first.next("model");
  expect(JSON.parse(event.data)).toMatchObject({ model: "fraud" });
  first.close();
  await server.call("POST", paths.act("fraud", "hold"), { key: "hold", body: { reason: "wait" } });
  const resumed = await openEvents(server.url ?? "", event.id);
  const missed = await resumed.next("model");
  expect(JSON.parse(missed.data)).toEqual({ model: "fraud", seq: (await server.composition.store.ledger.head("fraud"))?.seq });
  resumed.close();
  const current = await openEvents(server.url ?? "", missed.id);
  await server.call("POST", paths.act("fraud", "resume"), { key: "resume", body: { reason: "go" } });
  // Nothing was missed, so the first event is the new one.
  expect(JSON.parse((await current.next("model")).data).seq).toBeGreaterThan(JSON.parse(missed.data).seq);
  current.close();
});

test("a model that is served here is answered, split and recorded", async () => {
  const server = await start({
    options: { serve: { fraud: { answer: (version) => ({ output: `from ${version}`, prediction: version === "2", score: 0.5 }), settings: { allocationMaxAgeMs: 0 } } } },
  });
  await registerVersions(server, "fraud");
  const nobody = await server.call("POST", paths.predict("fraud"), { body: { unit: "u", payload: {} } });
  expect([nobody.status, nobody.json.code]).toEqual([503, "traffic_unavailable"]);
  await server.call("POST", paths.rollouts("fraud"), { key: "start", body: { policy: policyText("fraud"), challenger: "2" } });
  const versions = new Set<string>();
  for (let i = 0; i < 50; i++) {
    const answer = await server.call("POST", paths.predict("fraud"), { token: server.tokens.ingest, body: { unit: `unit-${i}`, payload: { i } } });
    expect(answer.status).toBe(200);
    expect(answer.json.output).toBe(`from ${answer.json.version}`);
    expect(answer.headers.get("x-gauntlet-version")).toBe(answer.json.version);
    versions.add(answer.json.version);
  }
  expect([...versions].toSorted()).toEqual(["1", "2"]);
  await server.gateway("fraud")?.drain();
  server.clock.at = START + 60_000;
  const { split } = (await server.call("GET", paths.model("fraud"))).json;
  expect(split[0].count + split[1].count).toBe(50);
  expect((await server.call("POST", paths.predict("nobody"), { body: { unit: "u", payload: {} } })).status).toBe(404);
});

test("the console is served with strict headers, its own pages too, and nothing outside its folder", async () => {
  const consoleDir = newDataDir();
  mkdirSync(join(consoleDir, "assets"));
  writeFileSync(join(consoleDir, "index.html"), "<!doctype html><title>console</title>");
  writeFileSync(join(consoleDir, "assets", "app-1234.js"), "export {};");
  writeFileSync(join(consoleDir, "..", "outside.txt"), "secret");
  const server = await start({ options: { consoleDir } });
  for (const path of ["/", "/models/fraud", "/models/fraud.v2", "/ledger"]) {
    const page = await server.call("GET", path, { token: null });
    expect([path, page.status, page.headers.get("content-type")]).toEqual([path, 200, "text/html; charset=utf-8"]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  }
  const script = await server.call("GET", "/assets/app-1234.js");
  expect(script.headers.get("cache-control")).toContain("immutable");
  for (const path of ["/assets/missing.js", "/..%2foutside.txt", "/%2e%2e/outside.txt", "/assets/..%2f..%2foutside.txt", "/v1/nothing", "/%"]) {
    const answer = await server.call("GET", path);
    expect(answer.text).not.toContain("secret");
    expect([path, answer.status === 404 || answer.text.includes("console")]).toEqual([path, true]);
  }
  expect((await server.call("GET", "/v1/nothing")).json).toMatchObject({ code: "not_found", status: 404 });
});

test("the API describes itself: every route, its access and its shapes", async () => {
  const server = await start();
  const { json } = await server.call("GET", "/openapi.json", { token: null });
  expect(json.openapi).toBe("3.1.0");
  for (const path of ["/v1/models", "/v1/models/{model}/rollback", "/v1/outcomes", "/v1/ledger/export", "/v1/events", "/metrics", "/v1/models/{model}/predict"]) expect(Object.keys(json.paths)).toContain(path);
  const rollback = json.paths["/v1/models/{model}/rollback"].post;
  expect(rollback.security).toEqual([{ token: ["operator"] }]);
  expect(rollback.parameters.map((parameter: { name: string }) => parameter.name)).toEqual(["model", "Idempotency-Key"]);
  // Shapes are named components.
  const shapeOf = (schema: { $ref: string }) => json.components.schemas[schema.$ref.split("/").at(-1) as string];
  expect(shapeOf(rollback.requestBody.content["application/json"].schema).required).toEqual(["reason"]);
  expect(shapeOf(json.paths["/v1/models"].get.responses["200"].content["application/json"].schema).properties.models.type).toBe("array");
});

test("a fault of ours tells nothing of its inside, and is in the log", async () => {
  const server = await start();
  const { ledger } = server.composition.store;
  Object.assign(ledger, { heads: () => Promise.reject(new Error("/secret/path is on fire")) });
  const answer = await server.call("GET", paths.models);
  expect([answer.status, answer.json.code]).toEqual([500, "internal"]);
  expect(answer.text).not.toContain("secret");
  expect(server.lines.some((line) => line.message.includes("/secret/path is on fire"))).toBe(true);
});

async function openEvents(url: string, lastEventId: string | null) {
  const abort = new AbortController();
  const response = await fetch(`${url}${paths.events}`, { headers: lastEventId === null ? {} : { "last-event-id": lastEventId }, signal: abort.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = "";
  return {
    close: () => abort.abort(),
    async next(kind: string): Promise<{ id: string; data: string }> {
      for (;;) {
        const found = /id: (.*)\nevent: (.*)\ndata: (.*)\n\n/.exec(text);
        if (found !== null && found[2] === kind) {
          text = text.slice(found.index + found[0].length);
          return { id: found[1] ?? "", data: found[3] ?? "" };
        }
        const { value, done } = await reader.read();
        if (done) throw new Error("the stream ended");
        text += decoder.decode(value, { stream: true });
      }
    },
  };
}
