import { Failure } from "@gauntlet/core";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { configJsonSchema } from "./config.ts";
import { loadConfig } from "./load-config.ts";
import { parseConfig } from "./parse-config.ts";

function problemsOf(text: string, environment: Record<string, string> = {}) {
  try {
    parseConfig(text, "gauntlet.yaml", environment);
  } catch (error) {
    if (error instanceof Failure && error.code === "invalid_input") return error.problems;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

test("an empty file is a working configuration", () => {
  expect(parseConfig("", "gauntlet.yaml", {})).toEqual({
    dataDir: ".gauntlet",
    listen: { host: "127.0.0.1", port: 4400 },
    store: { kind: "sqlite" },
    registry: { kind: "embedded" },
    serving: { upstreams: {}, timeoutMs: 2000 },
    tick: { everyMs: 5000, leaseMs: 30_000 },
    limits: { assignmentsPerUnit: 100, assignmentsPerToken: 10_000, evaluationsPerUnit: 6000, evaluationsPerToken: 2_000_000 },
    ratings: { conflicts: "last_write_wins", anchors: {}, peers: {}, sync: { parallel: 4, connectTimeoutMs: 30_000, answerTimeoutMs: 60_000, timeoutMs: 600_000 } },
    events: {},
    streams: [],
    hooks: [],
    modelKeys: {},
    sources: {},
    targets: {},
    kubernetes: { timeoutMs: 5000 },
    allowedHosts: [],
    allowedOrigins: [],
  });
});

test("streams: what is left out has a default, what is wrong is named with its line", () => {
  const stream = "kind: nats, servers: ['nats://a:4222'], stream: GAUNTLET";
  expect(parseConfig(`streams: [{ ${stream} }]`, "gauntlet.yaml", {}).streams).toEqual([{ kind: "nats", servers: ["nats://a:4222"], stream: "GAUNTLET", durable: "gauntlet" }]);
  expect(problemsOf(`streams:\n  - { ${stream}, durble: x }\n`)).toEqual([{ pointer: "/streams/0/durble", detail: 'line 2: unknown key "durble"; did you mean "durable"?' }]);
  const wrong = { "servers/0": "servers: ['nats://u:p@a']", stream: "stream: 'a.b'", servers: "servers: []", password: "user: u", token: "token: t, user: u, password: p", kind: "kind: kafka" };
  for (const [where, change] of Object.entries(wrong)) {
    const [key = ""] = change.split(":", 1);
    const text = `streams: [{ ${stream.split(", ").filter((pair) => !pair.startsWith(`${key}:`)).join(", ")}, ${change} }]`;
    expect([change, problemsOf(text).map(({ pointer }) => pointer)]).toEqual([change, [`/streams/0/${where}`]]);
  }
  expect(problemsOf(`streams: [{ ${stream} }, { ${stream} }]`)).toMatchObject([{ pointer: "/streams", detail: expect.stringContaining("listed twice") }]);
  expect(problemsOf("events: { emailSalt: short }")).toMatchObject([{ pointer: "/events/emailSalt" }]);
});

test("targets: each kind names its versions, one object is one model's, and a wait ends before the lease", () => {
  const place = "namespace: models, name: fraud";
  const kinds = ["kind: gateway-api, service: 'fraud-v{version}'", "kind: istio, subset: 'v{version}', route: score", "kind: seldon-v1, predictor: 'v{version}'", "kind: seldon-v2, candidate: 'fraud-v{version}'", "kind: kserve, storageUri: 's3://models/{version}'"];
  for (const kind of kinds) expect(parseConfig(`targets: { fraud: { ${kind}, ${place} } }`, "gauntlet.yaml", {}).targets["fraud"]).toMatchObject({ namespace: "models", readyMs: 15_000, versions: {} });
  const wrong: readonly (readonly [string, string])[] = [
    [`{ ${kinds[0]}, ${place}, serivce: x }`, "/targets/fraud/serivce"],
    [`{ kind: gateway-api, service: fraud, ${place} }`, "/targets/fraud/service"],
    [`{ kind: gateway-api, service: '{version}{version}', ${place} }`, "/targets/fraud/service"],
    [`{ kind: istio, ${place} }`, "/targets/fraud/subset"],
    [`{ kind: istio, subset: '{version}', host: '{version}', ${place} }`, "/targets/fraud/subset"],
    [`{ ${kinds[0]}, namespace: models, name: ../fraud }`, "/targets/fraud/name"],
    [`{ ${kinds[0]}, ${place}, readyMs: 20000 }`, "/targets/fraud/readyMs"],
    [`{ kind: nginx, ${place} }`, "/targets/fraud/kind"],
  ];
  for (const [target, pointer] of wrong) expect([target, problemsOf(`targets: { fraud: ${target} }`).map((problem) => problem.pointer)]).toEqual([target, [pointer]]);
  expect(problemsOf(`targets:\n  fraud: { ${kinds[0]}, ${place} }\n  other: { ${kinds[0]}, ${place} }`)).toMatchObject([{ pointer: "/targets/other/name", detail: expect.stringContaining("already splits \"fraud\"") }]);
});

test("ratings: the node's name is one that can be written anywhere", () => {
  expect(parseConfig("ratings: { node: gh200-1.lab, conflicts: raise, anchors: { random: 0 } }", "gauntlet.yaml", {}).ratings).toMatchObject({ node: "gh200-1.lab", conflicts: "raise", anchors: { random: 0 } });
  for (const node of ["-oProxyCommand=x", "'a b'", "'$(reboot)'", "../a", "x".repeat(65), "''"]) expect(problemsOf(`ratings: { node: ${node} }`)).toMatchObject([{ pointer: "/ratings/node" }]);
  expect(problemsOf("ratings: { conflicts: newest }")).toMatchObject([{ pointer: "/ratings/conflicts" }]);
});

test("a file of credentials is found beside the configuration", () => {
  const dir = mkdtempSync(join(tmpdir(), "gauntlet-config-"));
  writeFileSync(join(dir, "gauntlet.yaml"), "streams: [{ kind: nats, servers: ['tls://a:4222'], stream: S, credentialsFile: keys/nats.creds }]");
  expect(loadConfig({ file: null, dataDir: null, cwd: dir, environment: {} }).streams[0]?.credentialsFile).toBe(join(dir, "keys/nats.creds"));
  rmSync(dir, { recursive: true });
});

test("unknown keys are named with their line and the nearest known key, inside unions too", () => {
  expect(problemsOf("listen:\n  prot: 1\nregistry: { kind: mlflow, url: http://a, tokn: x }\nalowedHosts: []\n")).toEqual([
    { pointer: "/listen/prot", detail: 'line 2: unknown key "prot"; did you mean "port"?' },
    { pointer: "/registry/tokn", detail: 'line 3: unknown key "tokn"; did you mean "token"?' },
    { pointer: "/alowedHosts", detail: 'line 4: unknown key "alowedHosts"; did you mean "allowedHosts"?' },
  ]);
});

test("variables are expanded in values, with a default, never as structure", () => {
  const text = 'listen: { port: "${PORT:-4500}" }\nstore: { kind: postgres, url: "postgres://u:${PASSWORD}@db/g" }\ndataDir: "${EMPTY:-here}/$${literal}"\n';
  const config = parseConfig(text, "gauntlet.yaml", { PASSWORD: "a: b }\n{", EMPTY: "" });
  expect(config.listen.port).toBe(4500);
  expect(config.store).toEqual({ kind: "postgres", url: "postgres://u:a: b }\n{@db/g" });
  expect(config.dataDir).toBe("here/${literal}");
  expect(problemsOf(text)).toEqual([{ pointer: "/store/url", detail: "line 2: the environment variable PASSWORD is not set; set it, or write ${PASSWORD:-default}" }]);
});

test.each([
  ["an unknown store", "store: { kind: oracle }", "/store/kind"],
  ["a port out of range", "listen: { port: 70000 }", "/listen/port"],
  ["a URL of another kind", "registry: { kind: mlflow, url: ftp://x }", "/registry/url"],
  ["a lease of nothing", "tick: { leaseMs: 0 }", "/tick/leaseMs"],
  ["a list where a map belongs", "listen: [1]", "/listen"],
])("%s is refused", (_, text, pointer) => {
  expect(problemsOf(text).map((problem) => problem.pointer)).toContain(pointer);
});

test("YAML with code in it, and broken YAML, are refused", () => {
  expect(problemsOf("dataDir: !!js/function x\n")).toHaveLength(1);
  expect(problemsOf("listen: { port: 1\n").length).toBeGreaterThan(0);
});

test("a file that is named must be there", () => {
  expect(() => loadConfig({ file: "missing.yaml", dataDir: null, cwd: "/", environment: {} })).toThrow(/can't be read/);
  expect(loadConfig({ file: null, dataDir: "x", cwd: "/nowhere", environment: {} }).dataDir).toBe("/nowhere/x");
});

test("the JSON Schema that editors use is the one the parser uses", () => {
  const file = fileURLToPath(new URL("../../../../schemas/gauntlet.schema.json", import.meta.url));
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});
