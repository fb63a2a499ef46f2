import { allocate, withShares } from "@gauntlet/core";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature, type Client } from "@openfeature/server-sdk";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addExperiment, changeExperiment, PLAN_EXP_ID, withStatus } from "../testing/experiments.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

/** A rollback must have reached every client by then. */
const MINUTE_MS = 60_000;
const WEB_CLIENT = fileURLToPath(new URL("../testing/web-sdk-client.ts", import.meta.url));

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await startTestServer({ options: { listen: true } });
  const { store } = server.composition;
  await addExperiment(store, { id: PLAN_EXP_ID, name: "plan_exp" });
  await addExperiment(store, { id: "550e8400-e29b-41d4-a716-446655440001", name: "web_exp" });
  await addExperiment(store, { name: "draft_exp", status: "draft" });
  await store.allocations.put(allocate({ model: "mail", epoch: 3, seed: "mail-1", shares: [{ slot: "champion", version: "4", basisPoints: 10_000 }], shadow: false }));
  await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: server.url ?? "", headers: [["X-API-Key", server.tokens.ingest]] }));
  client = OpenFeature.getClient();
});
afterAll(async () => {
  await OpenFeature.close();
  await server.close();
});

test("the server SDK gets the variant's config with what an event has to name", async () => {
  const details = await client.getObjectDetails("plan_exp", {}, { targetingKey: "user-42", plan: "premium" });
  expect(details).toMatchObject({ variant: "control", reason: "SPLIT", value: { execution_strategy: "mlflow_model", params: { temperature: 0 } }, flagMetadata: { experimentId: PLAN_EXP_ID, epoch: 1, version: "1" } });
  expect(details.errorCode).toBeUndefined();
  expect(await client.getStringDetails("mail", "none", { targetingKey: "user-42" })).toMatchObject({ value: "4", variant: "champion", reason: "STATIC", flagMetadata: { model: "mail", epoch: 3 } });
});

test("the server SDK falls back to the default of the code, and says why", async () => {
  const fallback = { mine: true };
  expect(await client.getObjectDetails("nothing", fallback, { targetingKey: "u" })).toMatchObject({ value: fallback, errorCode: "FLAG_NOT_FOUND" });
  expect(await client.getObjectDetails("plan_exp", fallback, {})).toMatchObject({ value: fallback, errorCode: "TARGETING_KEY_MISSING" });
  expect(await client.getObjectDetails("plan_exp", fallback, { targetingKey: "a\0" })).toMatchObject({ value: fallback, errorCode: "INVALID_CONTEXT" });
  expect(await client.getBooleanDetails("plan_exp", true, { targetingKey: "u" })).toMatchObject({ value: true, errorCode: "TYPE_MISMATCH" });
  expect((await client.getObjectDetails("draft_exp", fallback, { targetingKey: "u" })).value).toEqual(fallback);
});

test("I17: the server SDK sees a rollback within a minute", async () => {
  const variant = async () => (await client.getObjectDetails("plan_exp", {}, { targetingKey: "user-123" })).variant;
  expect(await variant()).toBe("B");
  const from = Date.now();
  await changeExperiment(server.composition.store, "plan_exp", (view) => withShares(view, { control: 10_000 }));
  while ((await variant()) !== "control" && Date.now() - from < MINUTE_MS) await sleep(20);
  expect(await variant()).toBe("control");
  expect(Date.now() - from).toBeLessThan(MINUTE_MS);
}, 2 * MINUTE_MS);

test("I17: the web SDK is told of a rollback, and of an end, by the event stream", async () => {
  const page = openPage("web_exp", "user-3");
  try {
    const first = await page.next();
    expect(first).toMatchObject({ reason: "SPLIT", epoch: 1, value: { execution_strategy: "mlflow_model" } });
    const other = first["variant"] === "control" ? "B" : "control";
    const from = Date.now();
    await changeExperiment(server.composition.store, "web_exp", (view) => withShares(view, { [other]: 10_000 }));
    expect(await page.next()).toMatchObject({ variant: other, reason: "STATIC", epoch: 2 });
    expect(Date.now() - from).toBeLessThan(MINUTE_MS);
    await changeExperiment(server.composition.store, "web_exp", withStatus("completed"));
    expect(await page.next()).toMatchObject({ value: {}, reason: "DISABLED" });
  } finally {
    await page.close();
  }
}, 2 * MINUTE_MS);

interface Page {
  next(): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

function openPage(key: string, unit: string): Page {
  const child: ChildProcess = spawn(process.execPath, ["--experimental-eventsource", "--disable-warning=ExperimentalWarning", WEB_CLIENT, server.url ?? "", server.tokens.viewer, unit, key], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error("the page ended");
      return JSON.parse(value) as Readonly<Record<string, unknown>>;
    },
    async close() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
  };
}
