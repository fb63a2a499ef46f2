import { ensureRegisteredModel, createVersion, mlflowArtifacts, mlflowRegistry, searchVersions } from "@gauntlet/adapters";
import type { MlflowClient, MlflowOptions } from "@gauntlet/adapters";
import type { FailureCode } from "@gauntlet/core";
import { listen } from "@gauntlet/registry";
import { afterEach, describe, expect, test } from "vitest";
import { openClient } from "./mlflow-harness.ts";

let close: (() => Promise<void>) | null = null;
afterEach(async () => {
  await close?.();
  close = null;
});

interface Bad {
  readonly client: MlflowClient;
  readonly requests: readonly string[];
  readonly waits: readonly number[];
}

/** A real server that answers with `handler`, and a client that doesn't really wait between attempts. */
async function bad(handler: (request: Request, number: number) => Response | Promise<Response>, options: Partial<MlflowOptions> = {}): Promise<Bad> {
  const requests: string[] = [];
  const waits: number[] = [];
  const server = await listen({ fetch: (request) => handler(request, requests.push(`${request.method} ${new URL(request.url).pathname}`)) }, 0);
  close = server.close;
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  return { client: openClient({ url: server.url, timeoutMs: 300, retries: 2, sleep, ...options }), requests, waits };
}

const failure = (code: FailureCode, message: RegExp) => ({ code, message: expect.stringMatching(message) as string });
const model = (fields: object): Response => Response.json({ registered_model: { name: "spam", ...fields } });

describe("a registry that is not well", () => {
  test("500 is unavailable, after the retries", async () => {
    const { client, requests, waits } = await bad(() => Response.json({ error_code: "INTERNAL_ERROR", message: "disk full" }, { status: 500 }));
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject(failure("registry_unavailable", /500 INTERNAL_ERROR: disk full/));
    expect(requests).toHaveLength(3);
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThan(90);
  });
  test("one that recovers between attempts is not noticed", async () => {
    const { client } = await bad((_, number) => (number < 3 ? new Response("oops", { status: 503 }) : model({ aliases: [{ alias: "champion", version: "2" }] })));
    expect((await mlflowRegistry(client).read("spam", [])).aliases).toEqual({ champion: "2" });
  });
  test("one that hangs is given up on in time", async () => {
    const { client, requests } = await bad(() => new Promise<Response>(() => {}), { timeoutMs: 100, retries: 1 });
    const from = performance.now();
    await expect(mlflowRegistry(client).setAlias("spam", "champion", "1")).rejects.toMatchObject(failure("registry_unavailable", /no answer within 100 ms/));
    expect(performance.now() - from).toBeLessThan(2000);
    expect(requests).toHaveLength(2);
  });
  test("one that hangs in the middle of its answer, too", async () => {
    const half = () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"registered_model":')) }));
    const { client } = await bad(half, { timeoutMs: 100, retries: 0 });
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject(failure("registry_unavailable", /no answer within 100 ms/));
  });
  test("a fetch in process that hangs is given up on as well", async () => {
    const client = openClient({ url: "http://in.process", timeoutMs: 50, retries: 0, fetch: () => new Promise(() => {}) });
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject(failure("registry_unavailable", /no answer within 50 ms/));
  });
  test("nobody at the address", async () => {
    const server = await listen({ fetch: () => new Response() }, 0);
    await server.close();
    const client = openClient({ url: server.url, retries: 0 });
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject(failure("registry_unavailable", /ECONNREFUSED/));
  });
  test("429 waits as long as it is told to, also for calls that are not idempotent", async () => {
    const { client, waits, requests } = await bad((_, number) =>
      number === 1 ? new Response("", { status: 429, headers: { "retry-after": "7" } }) : Response.json({ model_version: { name: "spam", version: "4", creation_timestamp: 1 } }),
    );
    expect(await createVersion(client, { model: "spam", source: "s3://b/x", runId: null, tags: {}, description: null })).toBe("4");
    expect(waits).toEqual([7000]);
    expect(requests).toHaveLength(2);
  });
  test("but not for an hour", async () => {
    const { client, waits } = await bad(() => new Response("", { status: 429, headers: { "retry-after": "3600" } }));
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject(failure("registry_unavailable", /429/));
    expect(waits).toEqual([]);
  });
  test("a creation that may have happened is not repeated", async () => {
    const { client, requests } = await bad(() => new Response("", { status: 502 }));
    await expect(createVersion(client, { model: "spam", source: "s3://b/x", runId: null, tags: {}, description: null })).rejects.toMatchObject({ code: "registry_unavailable" });
    expect(requests).toHaveLength(1);
  });
});

describe("a registry that refuses", () => {
  test("4xx is refused, at once, with its words", async () => {
    const { client, requests } = await bad(() => Response.json({ error_code: "INVALID_PARAMETER_VALUE", message: "no such\nalias \u001b[31m" }, { status: 400 }));
    await expect(mlflowRegistry(client).setAlias("spam", "a b", "1")).rejects.toMatchObject(failure("registry_refused", /INVALID_PARAMETER_VALUE: no such alias +\[31m/));
    expect(requests).toHaveLength(1);
  });
  test("401 says what to give it", async () => {
    const { client } = await bad(() => new Response("", { status: 401 }));
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject({ code: "registry_refused", fix: expect.stringContaining("token") as string });
  });
  test("404 of MLflow is not_found; 404 of something else is no MLflow server", async () => {
    const { client } = await bad((request) =>
      request.url.includes("spam") ? Response.json({ error_code: "RESOURCE_DOES_NOT_EXIST", message: "Registered Model with name=spam not found" }, { status: 404 }) : new Response("<html>", { status: 404 }),
    );
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject({ code: "not_found" });
    await expect(mlflowRegistry(client).read("ham", [])).rejects.toMatchObject(failure("registry_refused", /there is no MLflow API/));
  });
  test("a redirect is not followed, and the token does not travel", async () => {
    let thief = 0;
    const elsewhere = await listen({ fetch: () => new Response(String((thief += 1))) }, 0);
    const { client } = await bad(() => Response.redirect(`${elsewhere.url}/steal`, 307), { token: "secret" });
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject(failure("registry_refused", /redirects to .*\/steal/));
    expect(thief).toBe(0);
    await elsewhere.close();
  });
  test("the token or password goes with every call, and into no message", async () => {
    const seen: (string | null)[] = [];
    const { client } = await bad((request) => (seen.push(request.headers.get("authorization")), new Response("", { status: 403 })), { token: "tok3n-s3cret" });
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toSatisfy((error: Error) => !error.message.includes("s3cret"));
    expect(seen).toEqual(["Bearer tok3n-s3cret"]);
    const basic = openClient({ url: client.url, basic: { user: "ann", password: "pässword" } });
    await expect(mlflowRegistry(basic).read("spam", [])).rejects.toMatchObject({ code: "registry_refused" });
    expect(seen[1]).toBe(`Basic ${Buffer.from("ann:pässword").toString("base64")}`);
  });
});

describe("a registry that answers garbage", () => {
  test.each([
    ["HTML", () => new Response("<html>log in</html>"), /not JSON/],
    ["nothing", () => new Response(""), /not JSON/],
    ["bytes that are no text", () => new Response(new Uint8Array([0xff, 0xfe])), /not JSON/],
    ["null", () => new Response("null"), /null at answer, where an object was expected/],
    ["a list", () => new Response("[]"), /at answer, where an object was expected/],
    ["another object", () => new Response("{}"), /nothing at answer\.registered_model, where an object was expected/],
    ["a model without a name", () => new Response('{"registered_model":{}}'), /nothing at answer\.registered_model\.name, where text was expected/],
    ["aliases that are no list", () => model({ aliases: "many" }), /"many" at answer\.registered_model\.aliases, where a list was expected/],
    ["an alias without a version", () => model({ aliases: [{ version: "1" }] }), /aliases\[0\]\.alias, where text was expected/],
  ])("%s", async (_, answer, message) => {
    const { client, requests } = await bad(() => answer());
    await expect(mlflowRegistry(client).read("spam", [])).rejects.toMatchObject(failure("registry_refused", message));
    expect(requests).toHaveLength(1);
  });
  test("the same page for ever", async () => {
    const { client } = await bad(() => Response.json({ model_versions: [], next_page_token: "again" }));
    await expect(searchVersions(client, "spam")).rejects.toMatchObject(failure("registry_refused", /same page token/));
  });
});

describe("a registry that lies", () => {
  test("another model, or another version, than was asked for", async () => {
    const { client } = await bad((request) =>
      request.url.includes("model-versions") ? Response.json({ model_version: { name: "spam", version: "7", creation_timestamp: 1 } }) : request.url.includes("ham") ? model({}) : model({ aliases: [] }),
    );
    await expect(mlflowRegistry(client).read("ham", [])).rejects.toMatchObject(failure("registry_refused", /asked for the model ham and answered with spam/));
    await expect(mlflowRegistry(client).read("spam", ["1"])).rejects.toMatchObject(failure("registry_refused", /asked for spam version 1 and answered with spam version 7/));
  });
  test("a write that it accepts and forgets is seen in the read", async () => {
    const { client } = await bad((request) => (request.method === "GET" ? model({ aliases: [{ alias: "champion", version: "1" }] }) : Response.json({})));
    const registry = mlflowRegistry(client);
    await registry.setAlias("spam", "champion", "2");
    expect((await registry.read("spam", [])).aliases).toEqual({ champion: "1" });
  });
  test("names of objects are only names", async () => {
    const { client } = await bad(() => model({ aliases: [{ alias: "__proto__", version: "1" }, { alias: "constructor", version: "2" }] }));
    const { aliases } = await mlflowRegistry(client).read("spam", []);
    expect(Object.entries(aliases)).toEqual([["__proto__", "1"], ["constructor", "2"]]);
    expect(Object.getPrototypeOf(aliases)).toBe(Object.prototype);
  });
  test("a run whose files are elsewhere, or outside", async () => {
    const { client, requests } = await bad((request) => {
      const uri = new URL(request.url).searchParams.get("run_id") === "s3" ? "s3://bucket/1/run/artifacts" : "mlflow-artifacts:/1/../../etc";
      return Response.json({ run: { info: { run_id: "x", artifact_uri: uri } } });
    });
    await expect(mlflowArtifacts(client).read("s3", "decision.md")).rejects.toMatchObject(failure("registry_refused", /s3:\/\/bucket/));
    await expect(mlflowArtifacts(client).read("climbing", "decision.md")).rejects.toMatchObject({ code: "invalid_input" });
    expect(requests.every((request) => request === "GET /api/2.0/mlflow/runs/get")).toBe(true);
  });
});

test("two who make the same model at once both succeed", async () => {
  const { client } = await bad((request) =>
    request.method === "GET" ? Response.json({ error_code: "RESOURCE_DOES_NOT_EXIST", message: "no" }, { status: 404 }) : Response.json({ error_code: "RESOURCE_ALREADY_EXISTS", message: "taken" }, { status: 400 }),
  );
  await expect(ensureRegisteredModel(client, "spam", "")).resolves.toBeUndefined();
});

test.each(["ftp://host", "not an address", "http://user:secret@host", "http://host/?x=1", ""])("%j is no address of a server", (url) => {
  expect(() => openClient({ url })).toThrow();
});
