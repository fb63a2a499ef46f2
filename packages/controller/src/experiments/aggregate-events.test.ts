import { expect, test } from "vitest";

import { activeExperiment } from "../testing/active-experiment.ts";
import { openMemoryStore } from "../testing/memory-store/open-memory-store.ts";
import { event, EXPERIMENT_ID, HOUR, START } from "../testing/store-conformance/experiment-samples.ts";
import { aggregateEvents, forgetOldEvents } from "./aggregate-events.ts";

const DAY = 24 * HOUR;

async function world() {
  const store = openMemoryStore();
  await activeExperiment(store.experiments, [10_000], { name: "planner_exp", model: "planner_model" });
  const clock = { at: START, now: () => clock.at };
  const run = async (at: number): Promise<number> => {
    clock.at = at;
    return aggregateEvents({ store, clock });
  };
  const sums = async (bucketType: "hourly" | "daily") =>
    (await store.experiments.aggregates({ experimentId: EXPERIMENT_ID, bucketType, from: START, to: START + 100 * DAY })).filter(({ metricName }) => metricName === "acceptance_rate").map(({ bucketStart, sum, count }) => [(bucketStart - START) / HOUR, sum, count]);
  return { store, clock, run, sums };
}

const accepted = (number: number, plan: string, timestamp: number) => event(number, { eventType: "plan_accepted", payload: { plan_id: plan }, timestamp, receivedAt: timestamp });

test("an hour is aggregated five minutes after its end, its day an hour after, and again when something comes later", async () => {
  const { store, run, sums } = await world();
  await store.experiments.recordEvents([event(1), event(2), event(3, { timestamp: START + HOUR, receivedAt: START + HOUR })]);
  expect(await run(START + 64 * 60_000)).toBe(0);
  expect(await run(START + 65 * 60_000)).toBe(1);
  expect(await sums("hourly")).toEqual([[0, 0, 2]]);
  expect(await run(START + 65 * 60_000)).toBe(0);
  expect(await run(START + 25 * HOUR)).toBe(2);
  expect(await sums("daily")).toEqual([[0, 0, 3]]);
  await store.experiments.recordEvents([accepted(4, "p1", START + 23 * HOUR)]);
  await store.experiments.recordEvents([accepted(4, "p1", START + 23 * HOUR)]);
  expect(await run(START + 2 * DAY)).toBe(2);
  expect(await sums("hourly")).toEqual([[0, 1, 2], [1, 0, 1]]);
  expect(await sums("daily")).toEqual([[0, 1, 3]]);
  expect(await run(START + 2 * DAY)).toBe(0);
});

test("events change aggregates for seven days", async () => {
  const { store, run, sums } = await world();
  await store.experiments.recordEvents([event(1)]);
  await run(START + 2 * HOUR);
  await store.experiments.recordEvents([event(2, { receivedAt: START + 7 * DAY })]);
  await run(START + 7 * DAY + HOUR);
  expect(await sums("hourly")).toEqual([[0, 0, 2]]);
  await store.experiments.recordEvents([event(3, { receivedAt: START + 7 * DAY + HOUR })]);
  await run(START + 8 * DAY);
  expect(await sums("hourly")).toEqual([[0, 0, 2]]);
});

test("an event that names an experiment or variant that never was is in no aggregate", async () => {
  const { store, run } = await world();
  await store.experiments.recordEvents([event(1, { experiments: [{ experimentId: EXPERIMENT_ID, variantId: "bbbbbbbb-0000-4000-8000-000000000999" }] })]);
  expect(await run(START + 2 * HOUR)).toBe(1);
  expect(await store.experiments.aggregates({ bucketType: "hourly", from: 0, to: START + DAY })).toEqual([]);
});

test("events are forgotten after 90 days, hours after 30, days after a year", async () => {
  const { store, clock, run, sums } = await world();
  await store.experiments.recordEvents([event(1)]);
  await run(START + 2 * DAY);
  const kept = async (at: number) => {
    clock.at = at;
    await forgetOldEvents({ store, clock });
    return [(await store.experiments.events({ from: START, to: START + DAY, limit: 9 })).length, (await sums("hourly")).length, (await sums("daily")).length];
  };
  expect(await kept(START + 30 * DAY)).toEqual([1, 1, 1]);
  expect(await kept(START + 30 * DAY + 1)).toEqual([1, 0, 1]);
  expect(await kept(START + 90 * DAY + 2)).toEqual([0, 0, 1]);
  expect(await kept(START + 365 * DAY + 1)).toEqual([0, 0, 0]);
});
