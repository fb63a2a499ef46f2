import { paths } from "@gauntlet/contract";
import { gatherEvidence, wideToNumber, type Allocation, type Ratio } from "@gauntlet/core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { HOUR, policyText } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

const MODEL = "planner";
const METRICS = "metrics: { edits_per_plan: { ratio: edits + swaps / accepted }, intervened: { ratio: interventions / generated, once: true }, latency_ms: histogram }";
let server: TestServer;
let epoch: number;

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, MODEL);
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL, METRICS), challenger: "2" } });
  epoch = ((await server.composition.store.allocations.get(MODEL)) as Allocation).epoch;
  server.clock.at = START + HOUR;
});
afterAll(() => server.close());

let keys = 0;
function follow(items: readonly unknown[], key = `follow-${keys++}`): Promise<Called> {
  return server.call("POST", paths.followUps, { key, body: { followUps: items } });
}

function plan(requestId: string, unit: string, more: object = {}): object {
  return { requestId, at: START + HOUR / 2, model: MODEL, version: "1", slot: "champion", mode: "live", epoch, unit, prediction: null, metrics: { generated: 1, latency_ms: 100 }, ...more };
}

function event(id: string, requestId: string, metrics: object, more: object = {}): object {
  return { id, requestId, model: MODEL, at: START + HOUR, metrics, ...more };
}

/** Units, requests, numerator and denominator of a ratio so far. */
async function ratioOf(metric: string): Promise<readonly number[]> {
  const cells = await server.composition.store.evidence.cells({ model: MODEL, epoch, from: 0, to: START + 2 * HOUR });
  const ratio = gatherEvidence(cells).find((item) => item.metric === metric)?.statistic as Ratio;
  return [ratio.n, ratio.requests, wideToNumber(ratio.numerator) / 1000, wideToNumber(ratio.denominator) / 1000];
}

test("follow-ups count for their outcomes, whichever comes first, and once", async () => {
  const early = [event("e1", "p1", { accepted: 1 }), event("e2", "p1", { edits: 2 })];
  expect((await follow(early)).json).toEqual({ accepted: 2, duplicates: 0, rejected: [] });
  const plans = [plan("p1", "a"), plan("p2", "a"), plan("p3", "b", { version: "2", slot: "challenger", mode: "shadow" }), plan("p3", "b")];
  expect((await server.call("POST", paths.outcomes, { key: "plans", body: { outcomes: plans } })).json).toEqual({ accepted: 4, duplicates: 0, rejected: [] });
  const late = [event("e1", "p2", { accepted: 1, swaps: 1 }), event("e3", "p3", { interventions: 1 }), event("e4", "p3", { interventions: 1 }), early[0]];
  expect((await follow(late)).json).toEqual({ accepted: 3, duplicates: 1, rejected: [] });
  expect(await ratioOf("edits_per_plan")).toEqual([2, 3, 3, 2]);
  expect(await ratioOf("intervened")).toEqual([2, 3, 1, 3]);
});

test("what can't be counted is named with its place and what to do; the rest counts", async () => {
  const answer = await follow([
    event("f1", "p1", { edits: 1 }),
    event("f2", "p1", { edit: 1 }),
    event("f3", "p1", { edits_per_plan: 1 }),
    event("f4", "p1", { latency_ms: 1 }),
    event("f5", "p1", { edits: -1 }),
    { id: "f6", requestId: "p1", model: MODEL, at: START },
    event("f7", "p1", { edits: 1 }, { model: "unheard-of" }),
    event("f8", "p1", { edits: 1 }, { at: START - 400 * 24 * HOUR }),
    event("f9", "p1", { edits: 1 }, { at: START + 3 * HOUR }),
  ]);
  expect([answer.status, answer.json.accepted]).toEqual([207, 1]);
  const rejected: { index: number; code: string; detail: string; fix: string }[] = answer.json.rejected;
  expect(rejected.map(({ index, detail, fix }) => `${index}: ${detail}; ${fix}`)).toEqual([
    expect.stringMatching(/^1: .*"edit" is not declared.*"edits"/),
    expect.stringMatching(/^2: .*is a ratio.*edits, swaps, accepted/),
    expect.stringMatching(/^3: .*is a histogram, which only an outcome can carry/),
    expect.stringMatching(/^4: .*not -1/),
    expect.stringMatching(/^5: \/metrics is missing/),
    expect.stringMatching(/^6: .*unheard-of has no rollout/),
    expect.stringMatching(/^7: .*follow-ups are taken from 2025-.*30 days/),
    expect.stringMatching(/^8: .*after the controller's clock/),
  ]);
  expect(await ratioOf("edits_per_plan")).toEqual([2, 3, 4, 2]);
});

test("a batch that is sent again counts once and gets the first answer; with other content it is refused", async () => {
  const batch = [event("g1", "p2", { edits: 5 }), event("g2", "p2", { edit: 5 })];
  const first = await follow(batch, "twice");
  expect((await follow(batch, "twice")).json).toEqual(first.json);
  expect((await follow(batch.slice(0, 1), "twice")).json).toMatchObject({ code: "idempotency_mismatch" });
  expect(await ratioOf("edits_per_plan")).toEqual([2, 3, 9, 2]);
});

test("another shape, no key and too many are refused as a whole", async () => {
  expect((await server.call("POST", paths.followUps, { key: "shape", body: { outcomes: [] } })).json).toMatchObject({ code: "invalid_input", fix: 'send {"followUps": [ … ]}' });
  expect((await server.call("POST", paths.followUps, { body: { followUps: [] } })).json.detail).toMatch(/Idempotency-Key is missing/);
  expect((await follow(Array.from({ length: 1001 }, () => event("h", "p1", {})))).json.detail).toBe("the batch has 1001 follow-ups; at most 1000 are taken");
});
