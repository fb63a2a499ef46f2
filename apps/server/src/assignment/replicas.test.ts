import { withShares } from "@gauntlet/core";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";

import { DEPLOYMENTS, type Deployment } from "../testing/deployments.ts";
import { addExperiment, changeExperiment, withStatus } from "../testing/experiments.ts";
import type { TestServer } from "../testing/test-server.ts";

let replicas: Deployment;

beforeAll(async () => {
  replicas = await (DEPLOYMENTS.at(-1) as (typeof DEPLOYMENTS)[number]).open("planner_model");
});
afterAll(() => replicas.close());

const evaluate = async (server: TestServer, key: string, targetingKey: string) => (await server.call("POST", `/ofrep/v1/evaluate/flags/${key}`, { token: replicas.tokens.viewer, body: { context: { targetingKey } } })).json;

test("I17: a rollback that one replica writes is served by the other within a minute; nobody else moves", async () => {
  const [first, second] = replicas.servers as readonly [TestServer, TestServer];
  const { store } = replicas.composition;
  await addExperiment(store, { name: "ramp_exp" }, { control: 9000, candidate_v7: 1000 });
  await until(async () => (await evaluate(second, "ramp_exp", "u")).reason === "SPLIT");
  const units = Array.from({ length: 60 }, (_, index) => `user-${index}`);
  const variants = (server: TestServer): Promise<readonly string[]> => Promise.all(units.map(async (unit) => (await evaluate(server, "ramp_exp", unit)).variant as string));
  await until(async () => (await evaluate(first, "ramp_exp", "u")).reason === "SPLIT");
  const before = await variants(first);
  expect(await variants(second)).toEqual(before);

  await changeExperiment(store, "ramp_exp", (view) => withShares(view, { control: 5000, candidate_v7: 5000 }));
  for (const server of replicas.servers) await until(async () => (await evaluate(server, "ramp_exp", "u")).metadata.epoch === 2);
  const grown = await variants(second);
  for (const [index, variant] of before.entries()) if (variant === "candidate_v7") expect(grown[index]).toBe("candidate_v7");

  const from = performance.now();
  await changeExperiment(store, "ramp_exp", (view) => withShares(view, { control: 10_000, candidate_v7: 0 }));
  for (const server of replicas.servers) {
    await until(async () => (await evaluate(server, "ramp_exp", "u")).metadata.epoch === 3);
    expect(new Set(await variants(server))).toEqual(new Set(["control"]));
  }
  expect(performance.now() - from).toBeLessThan(60_000);
});

test("both replicas name the same state alike, and tell their streams of a change that neither of them made", async () => {
  const versions = await Promise.all(replicas.servers.map(async (server) => (await server.call("POST", "/ofrep/v1/evaluate/flags", { token: replicas.tokens.viewer, body: { context: { targetingKey: "u" } } })).json.metadata.version as string));
  expect(new Set(versions).size).toBe(1);
  const streams = await Promise.all(replicas.servers.map((server) => server.fetch(new Request("http://127.0.0.1/ofrep/v1/events", { headers: { "last-event-id": versions[0] ?? "" } }))));
  await changeExperiment(replicas.composition.store, "ramp_exp", withStatus("paused"));
  for (const stream of streams) expect(await firstMessage(stream)).toMatchObject({ type: "refetchEvaluation", etag: expect.not.stringMatching(versions[0] ?? "") });
});

test("who was assigned at one replica is known to the other when the experiment is paused", async () => {
  const [first, second] = replicas.servers as readonly [TestServer, TestServer];
  const { store } = replicas.composition;
  const { experiment } = await addExperiment(store, { name: "pause_exp" });
  for (const server of replicas.servers) await until(async () => (await evaluate(server, "pause_exp", "u")).reason === "SPLIT");
  const before = (await evaluate(first, "pause_exp", "known")).variant;
  await until(async () => (await store.experiments.assignments(experiment.id, [{ unitType: "user", unitId: "known" }])).length === 1);
  await changeExperiment(store, "pause_exp", withStatus("paused"));
  await until(async () => (await evaluate(second, "pause_exp", `new ${Math.random()}`)).reason === "DISABLED");
  expect((await evaluate(second, "pause_exp", "known")).variant).toBe(before);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await holds()); await sleep(50)) if (Date.now() > end) throw new Error("it did not come to hold within a minute");
}

async function firstMessage(response: Response): Promise<unknown> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  for (let text = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) throw new Error("the stream ended");
    text += decoder.decode(value, { stream: true });
    const found = /^data: (.+)\n\n/m.exec(text);
    if (found === null) continue;
    await reader.cancel();
    return JSON.parse(found[1] as string);
  }
}
