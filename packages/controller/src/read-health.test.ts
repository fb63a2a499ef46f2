import { replayEntry, type FollowUp, type HealthRules, type Outcome, type Rollout } from "@gauntlet/core";
import { expect, test } from "vitest";

import { recordOutcomes } from "./record-outcomes.ts";
import { MINUTE, MODEL, openRollout, policyOf, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

const HEALTH: HealthRules = { splitGapMax: { parts: 1, of: 10 }, crossedMax: { parts: 1, of: 100 }, joinedMin: { parts: 19, of: 20 }, lagMaxMs: MINUTE, silenceMaxMs: 3 * MINUTE, sourceAgeMaxMs: MINUTE };
const POLICY = policyOf({ health: HEALTH, window: { minMs: 60 * MINUTE, maxMs: 60 * MINUTE }, metrics: { error: "rate", edits: { kind: "ratio", numerator: ["edited"], denominator: ["made"], once: false } } });

interface Served {
  readonly rollout: Rollout;
  readonly from: number;
  readonly count: number;
  readonly slots?: readonly ("champion" | "challenger")[];
  readonly unit?: (index: number) => string;
}

/** One outcome a second, of the slots in turn. */
async function serve({ controller }: SmallWorld, { rollout, from, count, slots = ["champion", "challenger"], unit = (index) => `${from}-${index}` }: Served): Promise<void> {
  const outcomes = Array.from({ length: count }, (_, index): Outcome => {
    const slot = slots[index % slots.length] as "champion" | "challenger";
    return { requestId: `${from}-${index}`, at: from + index * 1000, model: MODEL, version: rollout[slot].version, slot, mode: "live", epoch: rollout.allocation.epoch, unit: unit(index), prediction: null, metrics: { error: 0, made: 1 } };
  });
  await recordOutcomes(controller, { model: MODEL, batchId: `outcomes ${from}`, outcomes, labels: [] });
}

async function follow({ controller }: SmallWorld, followUps: readonly Pick<FollowUp, "requestId" | "at">[]): Promise<void> {
  await recordOutcomes(controller, { model: MODEL, batchId: `follow-ups ${controller.clock.now()}`, outcomes: [], labels: [], followUps: followUps.map((one, index) => ({ ...one, id: `${controller.clock.now()} ${index}`, model: MODEL, metrics: { edited: 1 } })) });
}

async function judge(world: SmallWorld): Promise<{ readonly reason: string; readonly statuses: Readonly<Record<string, string>> }> {
  const result = await tick(world.controller, MODEL);
  if (!("judged" in result) || result.judged === undefined) throw new Error("nothing was judged");
  const { decision } = result.judged;
  return { reason: decision.reason, statuses: Object.fromEntries(decision.checks.map(({ id, status }) => [id, status])) };
}

/** 200 outcomes, and what follows them within half a minute: 200 seconds after the start everything is well. */
async function well(): Promise<{ readonly world: SmallWorld; readonly rollout: Rollout; readonly start: number }> {
  const world = smallWorld();
  const rollout = await openRollout(world, POLICY);
  const start = rollout.startedAt;
  await serve(world, { rollout, from: start, count: 200 });
  await follow(world, Array.from({ length: 200 }, (_, index) => ({ requestId: `${start}-${index}`, at: start + index * 1000 + 30_000 })));
  world.pass(6 * MINUTE);
  return { world, rollout, start };
}

test("evidence that is well only waits for its time", async () => {
  const { world } = await well();
  expect(await judge(world)).toEqual({ reason: "min_duration", statuses: expect.objectContaining({ "sample-ratio": "pass", split: "pass", exposure: "pass", "join-rate": "pass", lag: "pass", silence: "pass", source: "pass" }) });
});

test("a version that falls silent holds, and goes on when it is heard of again; what was decided comes out the same again", async () => {
  const { world, rollout, start } = await well();
  world.pass(4 * MINUTE);
  await serve(world, { rollout, from: start + 8 * MINUTE, count: 8, slots: ["champion"] });
  expect(await judge(world)).toMatchObject({ reason: "arm_silent", statuses: { silence: "fail", split: "pass" } });
  await serve(world, { rollout, from: start + 9 * MINUTE, count: 8, slots: ["challenger"] });
  world.pass(MINUTE);
  expect(await judge(world)).toMatchObject({ reason: "min_duration", statuses: { silence: "pass" } });
  for (const replay of (world.memory.chains.get(MODEL)?.entries ?? []).map(replayEntry)) expect(replay?.same ?? true).toBe(true);
});

test("follow-ups that meet no outcome hold", async () => {
  const { world, start } = await well();
  await follow(world, Array.from({ length: 100 }, (_, index) => ({ requestId: `nobody's ${index}`, at: start + 4 * MINUTE + index })));
  expect(await judge(world)).toMatchObject({ reason: "join_rate_low", statuses: { "join-rate": "fail", lag: "pass" } });
});

test("follow-ups that come later than the policy waits hold", async () => {
  const { world, start } = await well();
  world.pass(MINUTE);
  await follow(world, Array.from({ length: 100 }, (_, index) => ({ requestId: `${start}-${index}`, at: start + 6 * MINUTE + index })));
  expect(await judge(world)).toMatchObject({ reason: "evidence_late", statuses: { lag: "fail", "join-rate": "pass" } });
});

test("units that two versions serve hold", async () => {
  const { world, rollout, start } = await well();
  await serve(world, { rollout, from: start + 4 * MINUTE, count: 20, unit: (index) => `${start}-${index + 1}` });
  expect(await judge(world)).toMatchObject({ reason: "multiple_exposure", statuses: { exposure: "fail", split: "pass" } });
});
