import { armOf, bucketOf } from "@gauntlet/core";
import type { Allocation, Outcome } from "@gauntlet/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import type { Answer, AnswerFunction } from "./answer.ts";
import { createGateway } from "./gateway.ts";
import type { Gateway, GatewayOptions } from "./gateway.ts";
import { manualTime } from "./testing/manual-time.ts";
import type { ManualTime } from "./testing/manual-time.ts";
import { split } from "./testing/split.ts";

interface World {
  readonly gateway: Gateway;
  readonly time: ManualTime;
  readonly outcomes: Outcome[];
  readonly batches: string[];
}

function world(answer: AnswerFunction, change: Partial<GatewayOptions> & { readonly in?: Allocation } = {}): World {
  const time = manualTime();
  const outcomes: Outcome[] = [];
  const batches: string[] = [];
  const gateway = createGateway({
    allocation: async () => change.in ?? split(8000),
    answer,
    record: async (batch, batchId) => {
      outcomes.push(...batch);
      batches.push(batchId);
    },
    clock: { now: () => 1_000_000 },
    stopwatch: time.stopwatch,
    timeoutMs: 200,
    instanceId: "g1",
    timers: time.timers,
    ...change,
  });
  return { gateway, time, outcomes, batches };
}

const yes: Answer = { output: "yes", prediction: true, score: 0.9 };
const hang = (): Promise<Answer> => new Promise(() => undefined);
const ask = (gateway: Gateway, unit: string) => gateway.handle({ requestId: `request-${unit}`, unit, payload: { unit } });

/** Units that the split gives to the champion, and to the challenger. */
const CHAMPIONS = "u1";
const CHALLENGERS = Array.from({ length: 100 }, (_, index) => `u${index}`).find((unit) => bucketOf("mail-rollout-1", unit) >= 80_000) ?? "";

test("each unit is answered by its arm and mirrored to the other, and both are recorded once", async () => {
  const { gateway, outcomes } = world((version) => ({ output: { by: version }, prediction: version === "2", score: version === "2" ? 0.8 : 0.2 }));
  for (let index = 0; index < 1000; index++) {
    const unit = `user-${index}`;
    const arm = armOf(split(8000), unit);
    expect(await ask(gateway, unit)).toEqual({
      requestId: `request-${unit}`,
      version: arm.version,
      slot: arm.slot,
      epoch: 1,
      output: { by: arm.version },
      prediction: arm.version === "2",
      score: arm.version === "2" ? 0.8 : 0.2,
      fallbackFor: null,
    });
  }
  await gateway.drain();
  expect(new Set(outcomes.map((outcome) => `${outcome.requestId} ${outcome.version}`)).size).toBe(2000);
  for (const outcome of outcomes) expect(outcome.mode).toBe(armOf(split(8000), outcome.unit).version === outcome.version ? "live" : "shadow");
  expect(gateway.stats()).toMatchObject({ epoch: 1, answered: 1000, failed: 0, shadow: { answered: 1000, dropped: 0 }, outcomes: { recorded: 2000, waiting: 0 } });
});

test("latency and error are measured here; other measurements of the version are kept", async () => {
  const seen = world((version) => {
    seen.time.spend(version === "1" ? 7 : 11);
    return { ...yes, metrics: { tokens: 3, latency_ms: 0, error: 5 } };
  });
  await seen.gateway.handle({ requestId: null, unit: CHAMPIONS, payload: null, at: 42 });
  await seen.gateway.drain();
  expect(seen.outcomes).toEqual([
    { requestId: "g1-r1", at: 42, model: "mail", version: "1", slot: "champion", mode: "live", epoch: 1, unit: CHAMPIONS, prediction: true, metrics: { tokens: 3, latency_ms: 7, error: 0 } },
    { requestId: "g1-r1", at: 42, model: "mail", version: "2", slot: "challenger", mode: "shadow", epoch: 1, unit: CHAMPIONS, prediction: true, metrics: { tokens: 3, latency_ms: 11, error: 0 } },
  ]);
});

test("the live answer is there before any shadow has begun", async () => {
  const begun: string[] = [];
  const { gateway } = world((version) => {
    begun.push(version);
    return yes;
  });
  await ask(gateway, CHAMPIONS);
  expect(begun).toEqual(["1"]);
  await gateway.onIdle();
  expect(begun).toEqual(["1", "2"]);
});

test.each([
  ["rejects", async (): Promise<Answer> => Promise.reject(new Error("out of memory"))],
  ["throws", (): Answer => { throw new Error("out of memory"); }],
  ["answers nonsense", () => ({ ...yes, score: Number.NaN })],
  ["answers nothing", () => undefined as unknown as Answer],
] as const)("a shadow that %s is its own error only", async (_, broken) => {
  const { gateway, outcomes } = world((version) => (version === "2" ? broken() : yes));
  expect(await ask(gateway, CHAMPIONS)).toMatchObject({ version: "1", prediction: true });
  await gateway.drain();
  expect(outcomes.map(({ version, mode, prediction, metrics }) => [version, mode, prediction, metrics["error"]])).toEqual([
    ["1", "live", true, 0],
    ["2", "shadow", null, 1],
  ]);
});

test("a version that hangs is timed out and told so, live and mirrored", async () => {
  let aborted = 0;
  const { gateway, time, outcomes } = world((_, __, signal) => {
    signal.addEventListener("abort", () => {
      aborted += 1;
    });
    return hang();
  });
  const answer = expect(ask(gateway, CHAMPIONS)).rejects.toMatchObject({ code: "answer_timeout", status: 504 });
  await time.pass(200);
  await answer;
  await time.pass(200);
  await gateway.drain();
  expect(aborted).toBe(2);
  expect(outcomes.map(({ version, metrics }) => [version, metrics])).toEqual([
    ["1", { latency_ms: 200, error: 1 }],
    ["2", { latency_ms: 200, error: 1 }],
  ]);
});

test("shadows are bounded: some run, some wait, the others are dropped and counted", async () => {
  const { gateway, time, outcomes } = world((version) => (version === "2" ? hang() : yes), { in: split(10_000), settings: { shadowConcurrency: 2, shadowQueue: 3 } });
  for (let index = 0; index < 10; index++) {
    await ask(gateway, `user-${index}`);
    await time.pass(0);
  }
  const { queued, running, dropped } = gateway.stats().shadow;
  expect([running, queued]).toEqual([2, 3]);
  expect(dropped).toBe(5);
  await time.pass(10_000);
  await gateway.drain();
  expect(outcomes.filter((outcome) => outcome.mode === "live")).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome.mode === "shadow")).toHaveLength(5);
});

test("without a shadow in the allocation only the live arm is asked", async () => {
  const { gateway, outcomes } = world(() => yes, { in: split(8000, { shadow: false }) });
  await ask(gateway, CHAMPIONS);
  await gateway.drain();
  expect(outcomes.map((outcome) => outcome.mode)).toEqual(["live"]);
});

test("a challenger that fails live is an error of the request, and of the challenger", async () => {
  const { gateway, outcomes } = world((version) => (version === "2" ? Promise.reject(new Error("no weights")) : yes));
  await expect(ask(gateway, CHALLENGERS)).rejects.toMatchObject({ code: "answer_failed", message: "version 2 failed: no weights" });
  await gateway.drain();
  expect(outcomes.map(({ version, mode, metrics }) => [version, mode, metrics["error"]])).toEqual([
    ["2", "live", 1],
    ["1", "shadow", 0],
  ]);
  expect(gateway.stats()).toMatchObject({ answered: 0, failed: 1 });
});

test("with the fallback the champion answers, its answer is a shadow's evidence, and the challenger's error counts", async () => {
  const { gateway, outcomes } = world((version) => (version === "2" ? Promise.reject(new Error("no weights")) : yes), { settings: { fallback: "champion" } });
  expect(await ask(gateway, CHALLENGERS)).toMatchObject({ version: "1", slot: "champion", prediction: true, fallbackFor: "2" });
  await gateway.drain();
  expect(outcomes.map(({ version, mode, metrics }) => [version, mode, metrics["error"]])).toEqual([
    ["2", "live", 1],
    ["1", "shadow", 0],
  ]);
  expect(gateway.stats()).toMatchObject({ answered: 1, failed: 0, fellBack: 1 });
});

test("the champion has nobody to stand in for it", async () => {
  const { gateway } = world((version) => (version === "1" ? Promise.reject(new Error("no weights")) : yes), { settings: { fallback: "champion" } });
  await expect(ask(gateway, CHAMPIONS)).rejects.toMatchObject({ code: "answer_failed" });
});

test.each([
  ["an empty unit", { requestId: "r", unit: "" }],
  ["an empty id", { requestId: "", unit: "u" }],
  ["a unit that is too long", { requestId: "r", unit: "u".repeat(257) }],
  ["a control character", { requestId: "r\n", unit: "u" }],
  ["a lone surrogate", { requestId: "r", unit: "\ud800" }],
  ["a broken time", { requestId: "r", unit: "u", at: Number.NaN }],
])("%s is refused before anything is asked or recorded", async (_, request) => {
  const { gateway, outcomes } = world(() => {
    throw new Error("asked");
  });
  await expect(gateway.handle({ payload: {}, ...request })).rejects.toMatchObject({ code: "invalid_input" });
  await gateway.drain();
  expect(outcomes).toEqual([]);
});

test("a model without an allocation is served by nobody", async () => {
  const { gateway } = world(() => yes, { allocation: async () => null });
  await expect(ask(gateway, "u")).rejects.toMatchObject({ code: "traffic_unavailable", status: 503 });
});

test("all outcomes of a request carry the epoch it was served under", async () => {
  let epoch = 1;
  const { gateway, outcomes } = world(() => yes, { allocation: async () => split(8000, { epoch }), settings: { allocationMaxAgeMs: 0 } });
  await ask(gateway, CHAMPIONS);
  epoch = 2;
  await gateway.handle({ requestId: "later", unit: CHAMPIONS, payload: null });
  await gateway.drain();
  expect(outcomes.map((outcome) => [outcome.requestId, outcome.epoch]).toSorted()).toEqual([
    ["later", 2],
    ["later", 2],
    [`request-${CHAMPIONS}`, 1],
    [`request-${CHAMPIONS}`, 1],
  ]);
});

test("the same requests give the same batches, byte for byte", async () => {
  expect(await replay()).toBe(await replay());
});

test("whatever fails, hangs or is refused a record: after drain the counts add up and nothing is there twice", async () => {
  const fate = fc.constantFrom("answers", "answers later", "fails", "hangs");
  const request = fc.record({ unit: fc.integer({ min: 0, max: 30 }), champion: fate, challenger: fate, wait: fc.integer({ min: 0, max: 150 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 25 }), fc.array(fc.boolean(), { maxLength: 8 }), fc.constantFrom("none", "champion"), async (requests, storeFails, fallback) => {
      const recorded = new Map<string, readonly Outcome[]>();
      const seen = world(
        (version, { payload }) => {
          const { champion, challenger } = payload as (typeof requests)[number];
          const what = version === "1" ? champion : challenger;
          if (what === "hangs") return hang();
          if (what === "fails") return Promise.reject(new Error("failed"));
          if (what === "answers") return yes;
          return new Promise((resolve) => {
            seen.time.timers.after(50, () => resolve(yes));
          });
        },
        {
          settings: { fallback: fallback as "none" | "champion", shadowConcurrency: 2, shadowQueue: 4, batchMax: 4, retryMs: 10, drainAttempts: 20 },
          record: async (outcomes, batchId) => {
            const known = recorded.get(batchId);
            if (known !== undefined) expect(outcomes).toEqual(known);
            recorded.set(batchId, outcomes);
            // Recorded, and the acknowledgement is lost.
            if (storeFails.pop() === true) throw new Error("connection reset");
          },
        },
      );
      const { gateway, time } = seen;
      const live = requests.map(async (request, index) => {
        await new Promise<void>((resolve) => {
          time.timers.after(request.wait, resolve);
        });
        return gateway.handle({ requestId: `r${index}`, unit: `user-${request.unit}`, payload: request });
      });
      const settled = Promise.allSettled(live);
      await time.pass(20_000);
      const answers = await settled;
      await gateway.drain();
      const outcomes = [...recorded.values()].flat();
      const stats = gateway.stats();
      expect(new Set(outcomes.map((outcome) => `${outcome.requestId} ${outcome.version}`)).size).toBe(outcomes.length);
      expect(outcomes.filter((outcome) => outcome.mode === "live")).toHaveLength(requests.length);
      expect(outcomes.length + stats.shadow.dropped).toBe(requests.length * 2);
      expect(stats.outcomes).toMatchObject({ waiting: 0, recorded: outcomes.length, dropped: 0, refused: 0 });
      expect(answers.filter((answer) => answer.status === "fulfilled")).toHaveLength(stats.answered);
      expect(stats.answered + stats.failed).toBe(requests.length);
      for (const outcome of outcomes) {
        const request = requests[Number(outcome.requestId.slice(1))];
        const what = outcome.version === "1" ? request?.champion : request?.challenger;
        expect(outcome.metrics["error"]).toBe(what === "hangs" || what === "fails" ? 1 : 0);
      }
    }),
    { numRuns: 40 },
  );
});

/** One small world from start to end. */
async function replay(): Promise<string> {
  const seen = world(
    (version, question) => {
      seen.time.spend(question.unit.length + Number(version));
      return { ...yes, score: question.unit.length / 10 };
    },
    { settings: { batchMax: 7, ageMaxMs: null, allocationMaxAgeMs: 0 } },
  );
  for (let index = 0; index < 50; index++) {
    await seen.gateway.handle({ requestId: null, unit: `user-${index * index}`, payload: index });
    if (index % 5 === 0) await seen.gateway.onIdle();
  }
  await seen.gateway.drain();
  return JSON.stringify([seen.batches, seen.outcomes]);
}
