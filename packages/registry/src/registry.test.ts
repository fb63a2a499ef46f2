import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRegistry } from "./registry.ts";
import type { EmbeddedRegistry, RegistryOptions } from "./registry.ts";

let dir: string;
let registry: EmbeddedRegistry;
let clock = 1_700_000_000_000;
let ids = 0;

const open = (options: Partial<RegistryOptions> = {}): Promise<EmbeddedRegistry> =>
  createRegistry({
    database: join(dir, "registry.db"),
    artifactsDir: join(dir, "artifacts"),
    now: () => (clock += 1),
    newId: () => (ids += 1).toString(16).padStart(32, "0"),
    ...options,
  });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "gauntlet-registry-"));
  registry = await open();
});
afterEach(async () => {
  registry.close();
  await rm(dir, { recursive: true, force: true });
});

const API = "/api/2.0/mlflow";
const FILES = "/api/2.0/mlflow-artifacts/artifacts";

interface Reply {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

async function call(method: string, path: string, json?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  const body = json === undefined ? {} : { body: typeof json === "string" ? json : JSON.stringify(json) };
  const response = await registry.fetch(new Request(`http://registry${path}`, { method, headers: { "content-type": "application/json", ...headers }, ...body }));
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}
const post = (path: string, json: unknown): Promise<Reply> => call("POST", API + path, json);
const get = (path: string): Promise<Reply> => call("GET", API + path);
const refusal = (status: number, code: string, message: unknown = expect.any(String)) => ({ status, body: { error_code: code, message } });

async function makeModel(versions: number): Promise<void> {
  await post("/registered-models/create", { name: "spam" });
  for (let index = 0; index < versions; index += 1) await post("/model-versions/create", { name: "spam", source: `s3://bucket/${index}` });
}

describe("the traps of the protocol", () => {
  test("a missing alias is 400, not 404", async () => {
    await makeModel(1);
    expect(await get("/registered-models/alias?name=spam&alias=absent")).toEqual(refusal(400, "INVALID_PARAMETER_VALUE", "Registered model alias absent not found."));
    expect(await get("/registered-models/alias?name=nobody&alias=absent")).toEqual(refusal(404, "RESOURCE_DOES_NOT_EXIST", "Registered Model with name=nobody not found"));
  });
  test("reserved and malformed aliases", async () => {
    await makeModel(1);
    for (const alias of ["latest", "LATEST", "v1", "V99", "a b", "a.b", "a/b", "", "x".repeat(256)]) {
      expect(await post("/registered-models/alias", { name: "spam", alias, version: "1" }), alias).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
    }
    for (const alias of ["v", "v1a", "latest-1", "日本", "x".repeat(255)]) {
      expect((await post("/registered-models/alias", { name: "spam", alias, version: "1" })).status, alias).toBe(200);
    }
  });
  test("removing an alias or a tag that isn't there succeeds; a run's tag is the exception", async () => {
    await makeModel(1);
    expect((await call("DELETE", `${API}/registered-models/alias`, { name: "spam", alias: "absent" })).status).toBe(200);
    expect((await call("DELETE", `${API}/registered-models/delete-tag`, { name: "spam", key: "absent" })).status).toBe(200);
    expect((await call("DELETE", `${API}/model-versions/delete-tag`, { name: "spam", version: "1", key: "absent" })).status).toBe(200);
    const run = (await post("/runs/create", { experiment_id: "0", start_time: 1 })).body.run.info.run_id;
    expect(await post("/runs/delete-tag", { run_id: run, key: "absent" })).toEqual(refusal(404, "RESOURCE_DOES_NOT_EXIST"));
  });
  test("deleting a version takes its aliases, and its number is never given again", async () => {
    await makeModel(2);
    await post("/registered-models/alias", { name: "spam", alias: "champion", version: "2" });
    expect((await call("DELETE", `${API}/model-versions/delete`, { name: "spam", version: "2" })).status).toBe(200);
    expect(await get("/registered-models/alias?name=spam&alias=champion")).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
    expect((await post("/model-versions/create", { name: "spam", source: "s3://bucket/x" })).body.model_version.version).toBe("3");
  });
  test("a name that is taken is 400, not 409", async () => {
    await makeModel(0);
    expect(await post("/registered-models/create", { name: "spam" })).toEqual(refusal(400, "RESOURCE_ALREADY_EXISTS", "Registered Model (name=spam) already exists."));
  });
  test("renaming takes versions, tags and aliases along", async () => {
    await makeModel(2);
    await post("/registered-models/alias", { name: "spam", alias: "champion", version: "1" });
    await post("/model-versions/set-tag", { name: "spam", version: "1", key: "k", value: "v" });
    await post("/registered-models/rename", { name: "spam", new_name: "ham" });
    expect((await get("/registered-models/alias?name=ham&alias=champion")).body.model_version).toMatchObject({ name: "ham", version: "1", tags: [{ key: "k", value: "v" }] });
    expect((await get("/registered-models/get?name=spam")).status).toBe(404);
  });
  test("searches leave aliases out, as MLflow's do", async () => {
    await makeModel(1);
    await post("/registered-models/alias", { name: "spam", alias: "champion", version: "1" });
    expect((await get("/model-versions/search?filter=name%3D'spam'")).body.model_versions[0]).not.toHaveProperty("aliases");
    expect((await get("/model-versions/get?name=spam&version=1")).body.model_version.aliases).toEqual(["champion"]);
  });
  test("metrics that are not numbers", async () => {
    const run = (await post("/runs/create", { experiment_id: "0", start_time: 1 })).body.run.info.run_id;
    const batch = [{ key: "a", value: "NaN", timestamp: 1 }, { key: "b", value: "Infinity", timestamp: 1 }, { key: "c", value: "-Infinity", timestamp: 1 }];
    await post("/runs/log-batch", { run_id: run, metrics: batch });
    const metrics = (await get(`/runs/get?run_id=${run}`)).body.run.data.metrics;
    expect(metrics.map((metric: { value: unknown }) => metric.value)).toEqual(["NaN", Number.MAX_VALUE, -Number.MAX_VALUE]);
    for (const bad of [{ value: "much" }, { value: true }, { value: {} }, { value: 1, timestamp: 2 ** 60 }, { value: 1, step: 0.5 }]) {
      expect(await post("/runs/log-metric", { run_id: run, key: "x", timestamp: 1, ...bad }), JSON.stringify(bad)).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
    }
  });
  test("a batch is written whole or not at all", async () => {
    const run = (await post("/runs/create", { experiment_id: "0", start_time: 1 })).body.run.info.run_id;
    await post("/runs/log-parameter", { run_id: run, key: "depth", value: "3" });
    const batch = { run_id: run, metrics: [{ key: "f1", value: 1, timestamp: 1 }], params: [{ key: "width", value: "7" }, { key: "depth", value: "4" }], tags: [{ key: "t", value: "v" }] };
    expect(await post("/runs/log-batch", batch)).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
    const { data } = (await get(`/runs/get?run_id=${run}`)).body.run;
    expect(data.metrics).toBeUndefined();
    expect(data.params).toEqual([{ key: "depth", value: "3" }]);
  });
});

describe("sources of versions", () => {
  test.each([
    "/etc/passwd", "etc/passwd", "file:///etc/passwd", "FILE:/etc/passwd", "c:/windows", "s3://bucket/../x", "s3://bucket/%2e%2e/x", "s3://bucket/%252e%252e/x",
    "https://host/a/..%2fb", "s3://bucket/a%00b", "s3://bucket\\..\\x", "mlflow-artifacts:/0/abc/artifacts", "http://host/api/2.0/mlflow-artifacts/artifacts/0/x",
    "runs:/abc/model", "models:/m-00000000000000000000000000000000", "models://host/spam/1", "models:/spam", "models:/spam/Production",
  ])("%s is refused", async (source) => {
    await makeModel(1);
    expect(await post("/model-versions/create", { name: "spam", source })).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
  });
  test("a run may claim its own files and no other's", async () => {
    await makeModel(0);
    const [mine, other] = await Promise.all([1, 2].map(async () => (await post("/runs/create", { experiment_id: "0", start_time: 1 })).body.run.info));
    const create = (source: string) => post("/model-versions/create", { name: "spam", source, run_id: mine.run_id });
    expect((await create(`${mine.artifact_uri}/model`)).body.model_version).toMatchObject({ version: "1", run_id: mine.run_id });
    expect(await create(`${other.artifact_uri}/model`)).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
    expect(await create(`${mine.artifact_uri}x/model`)).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
  });
  test("the digest is what the client says, and nothing is made up", async () => {
    await makeModel(1);
    expect((await get("/model-versions/get?name=spam&version=1")).body.model_version).not.toHaveProperty("tags");
    await post("/model-versions/set-tag", { name: "spam", version: "1", key: "gauntlet.digest", value: "sha256:ab" });
    expect((await get("/model-versions/get?name=spam&version=1")).body.model_version.tags).toEqual([{ key: "gauntlet.digest", value: "sha256:ab" }]);
  });
});

test("pages cover everything once, in order", async () => {
  await makeModel(25);
  const seen: string[] = [];
  let token = "";
  do {
    const { body } = await get(`/model-versions/search?max_results=7&order_by=version_number%20ASC&page_token=${encodeURIComponent(token)}`);
    seen.push(...body.model_versions.map((version: { version: string }) => version.version));
    token = body.next_page_token ?? "";
  } while (token !== "");
  expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => String(index + 1)));
});

test("fifty creations at once get fifty numbers", async () => {
  await makeModel(0);
  const made = await Promise.all(Array.from({ length: 50 }, () => post("/model-versions/create", { name: "spam", source: "s3://bucket/x" })));
  expect(new Set(made.map(({ body }) => body.model_version.version)).size).toBe(50);
});

test("what was acknowledged is there after a restart", async () => {
  await makeModel(2);
  await post("/registered-models/alias", { name: "spam", alias: "champion", version: "2" });
  await call("PUT", `${FILES}/0/run/a.txt`, "text");
  registry.close();
  registry = await open();
  expect((await get("/registered-models/alias?name=spam&alias=champion")).body.model_version.version).toBe("2");
  expect((await call("GET", `${FILES}/0/run/a.txt`)).body).toBe("text");
});

describe("texts are data", () => {
  const nasty = [`'; DROP TABLE models; --`, `" OR 1=1 --`, "<script>alert(1)</script>", "__proto__", "constructor", "\u202Eevil", "😀"];
  test("in names, tags and descriptions", async () => {
    for (const text of nasty) {
      const name = text.replaceAll(/[/:]/g, "_");
      expect((await post("/registered-models/create", { name, description: text })).status, name).toBe(200);
      expect((await get(`/registered-models/get?name=${encodeURIComponent(name)}`)).body.registered_model).toMatchObject({ name, description: text });
      expect((await get(`/registered-models/search?filter=${encodeURIComponent(`name = '${name.replaceAll("'", "''")}'`)}`)).body.registered_models).toHaveLength(1);
    }
  });
  test("in filters", async () => {
    await makeModel(1);
    for (const filter of ["name = ''' OR 1=1 --'", "tags.`x' OR 1=1 --` = 'y'", "name LIKE '[!-~]%'"]) {
      expect((await get(`/registered-models/search?filter=${encodeURIComponent(filter)}`)).body, filter).toEqual({});
    }
    expect(await get(`/registered-models/search?filter=${encodeURIComponent("constructor = 'x'")}`)).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
  });
  test("in files: no browser takes one for a page", async () => {
    await call("PUT", `${FILES}/0/run/page.html`, "<script>alert(1)</script>");
    const { headers } = await registry.fetch(new Request(`http://registry${FILES}/0/run/page.html`));
    expect(Object.fromEntries(headers)).toMatchObject({ "content-type": "application/octet-stream", "content-disposition": "attachment", "x-content-type-options": "nosniff" });
  });
});

test("a large file streams, and HEAD tells its size", async () => {
  const content = "0123456789abcdef".repeat(200_000);
  await call("PUT", `${FILES}/0/run/large.txt`, content);
  expect((await call("GET", `${FILES}/0/run/large.txt`)).body).toBe(content);
  const head = await registry.fetch(new Request(`http://registry${FILES}/0/run/large.txt`, { method: "HEAD" }));
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, String(content.length), ""]);
});

describe("bodies", () => {
  test("too large is 413, whether or not the size was announced", async () => {
    registry.close();
    registry = await open({ limits: { jsonBytesMax: 1000, fileBytesMax: 100 } });
    const large = JSON.stringify({ name: "x".repeat(2000) });
    expect(await post("/registered-models/create", large)).toEqual(refusal(413, "BAD_REQUEST"));
    const stream = new ReadableStream<Uint8Array>({ start: (controller) => (controller.enqueue(new TextEncoder().encode(large)), controller.close()) });
    const request = new Request(`http://registry${API}/registered-models/create`, { method: "POST", body: stream, headers: { "content-type": "application/json" }, duplex: "half" } as RequestInit);
    expect((await registry.fetch(request)).status).toBe(413);
    expect(await call("PUT", `${FILES}/a.txt`, "x".repeat(101))).toEqual(refusal(413, "BAD_REQUEST"));
    expect((await call("GET", `${FILES}/a.txt`)).status).toBe(404);
  });
  test.each([["not JSON", "{nope"], ["an array", "[1]"], ["null", "null"], ["a number", "5"], ["nothing", ""], ["text twice encoded", '"5"']])("%s counts as empty", async (_, body) => {
    expect(await post("/registered-models/create", body)).toEqual(refusal(400, "INVALID_PARAMETER_VALUE", expect.stringContaining("'name'")));
  });
  test("deep nesting and other content types are refused", async () => {
    expect(await post("/registered-models/create", `{"name":${"[".repeat(100_000)}`)).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
    expect(await call("POST", `${API}/registered-models/create`, "name=x", { "content-type": "text/plain" })).toEqual(refusal(400, "INVALID_PARAMETER_VALUE"));
  });
  test("wrong types are named", async () => {
    expect((await post("/registered-models/create", { name: 5 })).body.message).toContain("'name'");
    expect((await post("/registered-models/create", { name: "x", tags: [{ value: "v" }] })).body.message).toContain("'tags[0].key'");
    expect((await post("/registered-models/create", { name: "x", tags: "many" })).body.message).toContain("'tags'");
  });
});

describe("who may do what", () => {
  test("reads, searches among them, are told from writes", async () => {
    const asked: string[] = [];
    registry.close();
    registry = await open({
      allow: (request, access) => {
        asked.push(access);
        return access === "read" ? "granted" : request.headers.get("authorization") === "Bearer viewer" ? "forbidden" : "unauthorized";
      },
    });
    for (const [method, path] of [["POST", `${API}/runs/search`], ["POST", `${API}/logged-models/search`], ["POST", `${API}/experiments/search`], ["GET", `${API}/registered-models/search`], ["GET", `${FILES}?path=`]] as const) {
      expect((await call(method, path, method === "POST" ? { experiment_ids: ["0"], max_results: 5 } : undefined)).status, path).toBe(200);
    }
    expect(asked).toEqual(Array.from({ length: 5 }, () => "read"));
    const writes: readonly (readonly [string, string])[] = [
      ...["registered-models/create", "registered-models/rename", "registered-models/set-tag", "registered-models/alias", "model-versions/create", "model-versions/set-tag", "model-versions/transition-stage"].map((path) => ["POST", `${API}/${path}`] as const),
      ...["experiments/create", "experiments/update", "experiments/delete", "experiments/restore", "experiments/set-experiment-tag", "experiments/delete-experiment-tag"].map((path) => ["POST", `${API}/${path}`] as const),
      ...["create", "update", "delete", "restore", "log-metric", "log-parameter", "log-batch", "set-tag", "delete-tag", "log-inputs", "outputs"].map((path) => ["POST", `${API}/runs/${path}`] as const),
      ...["logged-models", "logged-models/m-1/params"].map((path) => ["POST", `${API}/${path}`] as const),
      ...["registered-models/update", "model-versions/update", "logged-models/m-1", "logged-models/m-1/tags"].map((path) => ["PATCH", `${API}/${path}`] as const),
      ...["registered-models/delete", "registered-models/delete-tag", "registered-models/alias", "model-versions/delete", "model-versions/delete-tag", "logged-models/m-1", "logged-models/m-1/tags/x"].map((path) => ["DELETE", `${API}/${path}`] as const),
      ["PUT", `${FILES}/a.txt`], ["DELETE", `${FILES}/a.txt`],
    ];
    for (const [method, path] of writes) {
      for (const prefix of ["/api/", "/ajax-api/"]) {
        const where = path.replace("/api/", prefix);
        expect(await call(method, where, {}), `${method} ${where}`).toEqual(refusal(401, "UNAUTHENTICATED"));
        expect(await call(method, where, {}, { authorization: "Bearer viewer" }), `${method} ${where}`).toEqual(refusal(403, "PERMISSION_DENIED"));
      }
    }
  });
});

test("unknown endpoints, other methods and faults inside have the same shape", async () => {
  expect(await get("/registered-models/dance")).toEqual(refusal(404, "ENDPOINT_NOT_FOUND"));
  expect(await call("DELETE", `${API}/registered-models/create`, {})).toEqual(refusal(405, "ENDPOINT_NOT_FOUND"));
  expect(await call("POST", `${FILES}/a.txt`, "x")).toEqual(refusal(405, "ENDPOINT_NOT_FOUND"));
  const errors: unknown[] = [];
  const broken = await open({ onError: (error) => errors.push(error) });
  broken.close();
  const response = await broken.fetch(new Request(`http://registry${API}/registered-models/get?name=x`));
  expect([response.status, response.headers.get("content-type"), await response.json()]).toEqual([500, "application/json", { error_code: "INTERNAL_ERROR", message: "The registry failed to answer; its log says why." }]);
  expect(errors).toHaveLength(1);
});

test("health, version and what a client asks before it starts", async () => {
  expect((await call("GET", "/health")).body).toBe("OK");
  expect((await call("GET", "/version")).body).toMatch(/^\d+\.\d+\.\d+$/);
  expect((await call("GET", "/api/3.0/mlflow/server-info")).body).toMatchObject({ store_type: "SqlStore", multipart_uploads_enabled: false });
});
