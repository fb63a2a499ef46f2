import { paths } from "@gauntlet/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { policyText } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
const MINUTE = 60_000;
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, MODEL);
});
afterAll(() => server.close());

/** Live outcomes of both arms, a minute after the clock. */
function outcomesOf(epoch: number, counts: { readonly champion: number; readonly challenger: number }): unknown[] {
  return (["champion", "challenger"] as const).flatMap((slot) =>
    Array.from({ length: counts[slot] }, (_, index) => ({ requestId: `${slot}-${index}`, at: server.clock.at, model: MODEL, version: slot === "champion" ? "1" : "2", slot, mode: "live", epoch, unit: `u-${index}`, prediction: true, metrics: { latency_ms: 20 } })),
  );
}

test("what was intended is what was read back, with what was observed beside it", async () => {
  expect((await server.call("GET", paths.ramp(MODEL))).status).toBe(404);
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } });
  const started = await server.call("GET", paths.ramp(MODEL));
  expect(started.json).toMatchObject({ model: MODEL, stages: [], guardrails: [], observed: [] });
  const [{ epoch }] = started.json.intended;
  expect(started.json.intended).toEqual([
    {
      at: START,
      epoch,
      why: "started",
      arms: [
        { slot: "champion", version: "1", share: 0.8 },
        { slot: "challenger", version: "2", share: 0.2 },
      ],
    },
  ]);
  const sent = await server.call("POST", paths.outcomes, { token: server.tokens.ingest, key: "o", body: { outcomes: outcomesOf(epoch, { champion: 6, challenger: 2 }) } });
  expect(sent.json).toMatchObject({ accepted: 8 });
  server.clock.at += 5 * MINUTE;
  await server.call("POST", paths.act(MODEL, "rollback"), { key: "back", body: { reason: "enough" } });
  const over = await server.call("GET", paths.ramp(MODEL));
  expect(over.json.intended.map((step: { why: string; at: number }) => [step.why, step.at])).toEqual([["started", START], ["rollback", START + 5 * MINUTE]]);
  expect(over.json.intended[1].arms).toEqual([{ slot: "champion", version: "1", share: 1 }]);
  expect(over.json.observed).toEqual([{ at: START, arms: [{ slot: "challenger", version: "2", count: 2 }, { slot: "champion", version: "1", count: 6 }] }]);
});

test("a stage in which the challenger was rolled back has ended, and was not passed", async () => {
  const ramp = "planner";
  await registerVersions(server, ramp);
  const policy = `{ kind: ramp, name: two steps, model: ${ramp}, stages: [{ name: tenth, allocation: 10%, dwell: 1d }, { name: all, allocation: 100% }], minSamples: 10, metrics: { error: rate }, checks: [{ metric: error, better: lower, noWorseThan: 20% }] }`;
  await server.call("POST", paths.rollouts(ramp), { key: "start-ramp", body: { policy, challenger: "2" } });
  const states = async () => (await server.call("GET", paths.ramp(ramp))).json.stages.map((stage: { state: string }) => stage.state);
  expect(await states()).toEqual(["current", "ahead"]);
  await server.call("POST", paths.act(ramp, "rollback"), { key: "back-ramp", body: { reason: "enough" } });
  expect(await states()).toEqual(["ended", "not_reached"]);
});
