import { fleet, healthReport, paths } from "@gauntlet/contract";
import type { Allocation } from "@gauntlet/core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { HOUR, MINUTE, policyText, syntheticStream } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.requireSound();
  for (const model of [MODEL, "calm", "ended"]) await registerVersions(server, model);
});
afterAll(() => server.close());

async function report(): Promise<ReturnType<typeof healthReport.parse>> {
  const { status, json } = await server.call("GET", paths.health);
  expect(status).toBe(200);
  return healthReport.parse(json);
}

const send = (model: string, outcomes: readonly unknown[]) => server.call("POST", paths.outcomes, { key: `${model}-${server.clock.at}`, body: { outcomes } });

/** One story, in order. */
test("without a rollout that runs there is nothing to be ill", async () => {
  expect(await report()).toEqual({ now: START, ledger: "verified", rollouts: [] });
});

test("what was not judged yet is unknown, and rollouts that ended are left out", async () => {
  for (const model of [MODEL, "calm", "ended"]) await server.call("POST", paths.rollouts(model), { key: `start-${model}`, body: { policy: policyText(model), challenger: "2" } });
  await server.call("POST", paths.act("ended", "reject"), { key: "reject", body: { reason: "a test" } });
  const { rollouts } = await report();
  expect(rollouts.map(({ model }) => model)).toEqual(["calm", MODEL]);
});

test("a ratio that is not the intended one fails, with what would mend it and since when, and comes first", async () => {
  const stream = syntheticStream((await server.composition.store.allocations.get(MODEL)) as Allocation, { from: START, count: 1600, hits: 10 });
  server.clock.at = START + HOUR / 2;
  const early = stream.outcomes.filter(({ at, mode }) => at < START + HOUR / 2 && mode === "live");
  await send(MODEL, early);
  await server.tick(MODEL);
  const well = (await report()).rollouts.find(({ model }) => model === MODEL);
  expect(well?.checks.find(({ id }) => id === "sample-ratio")).toMatchObject({ status: "pass", holds: null });
  // From now on the challenger's outcomes are lost.
  server.clock.at = START + 50 * MINUTE;
  await send(MODEL, stream.outcomes.filter(({ at, mode, slot }) => at >= START + HOUR / 2 && at < server.clock.at && mode === "live" && slot === "champion"));
  await server.tick(MODEL);
  server.clock.at += 5 * MINUTE;
  await server.tick(MODEL);
  const { rollouts } = await report();
  expect(rollouts[0]).toMatchObject({ model: MODEL, rolloutId: `${MODEL}-1`, policy: "test policy", verdict: "hold", reason: "sample_ratio_mismatch", status: "failing", since: START + 50 * MINUTE, checkedAt: START + 55 * MINUTE });
  expect(rollouts[0]?.checks.find(({ id }) => id === "sample-ratio")).toMatchObject({ status: "fail", holds: "sample_ratio_mismatch", unit: "share", since: START + 50 * MINUTE, mend: expect.stringContaining("lost or doubled") });
  expect(rollouts[0]?.checks.find(({ id }) => id === "readings")).toMatchObject({ status: "pass", holds: null });
  const { models } = fleet.parse((await server.call("GET", paths.models)).json);
  expect(Object.fromEntries(models.map(({ model, evidence }) => [model, evidence]))).toMatchObject({ [MODEL]: "failing", calm: "unknown", ended: null });
});

test("a registry that can't be read is a reading that fails", async () => {
  const { registry } = server.composition.controller;
  const works = registry.read;
  registry.read = async () => Promise.reject(new Error("away"));
  await server.tick(MODEL);
  const rollout = (await report()).rollouts.find(({ model }) => model === MODEL);
  expect(rollout).toMatchObject({ status: "failing", reason: "evidence_unavailable" });
  expect(rollout?.checks.find(({ id }) => id === "readings")).toMatchObject({ status: "fail", holds: "evidence_unavailable", says: expect.stringContaining("could not be read") });
  registry.read = works;
});
