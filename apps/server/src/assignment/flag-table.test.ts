import { openMemoryStore } from "@gauntlet/controller/testing";
import { allocate } from "@gauntlet/core";
import { expect, test } from "vitest";

import { addExperiment, changeExperiment, withStatus } from "../testing/experiments.ts";
import { flagTable, type FlagSnapshot } from "./flag-table.ts";

/** A table over a store, with its clocks in the test's hands and its reads counted. */
function open() {
  const store = openMemoryStore();
  const time = { now: 1000, ms: 0 };
  const lists = { count: 0 };
  const list = async () => {
    lists.count += 1;
    return store.experiments.list();
  };
  const table = flagTable({
    allocations: store.allocations,
    experiments: { ...store.experiments, list },
    now: () => time.now,
    stopwatch: () => time.ms,
    report: (failure) => {
      throw failure;
    },
    listenersMax: 2,
  });
  /** As a request a second later. */
  const look = async (): Promise<FlagSnapshot> => {
    time.ms += 1000;
    return table.current();
  };
  return { store, time, lists, table, look };
}

test("experiments are listed only when something changed; what did not is not compiled again", async () => {
  const { store, lists, look } = open();
  await addExperiment(store, { name: "a" });
  await addExperiment(store, { name: "b" });
  const first = await look();
  expect([await look(), await look(), lists.count]).toEqual([first, first, 1]);
  await changeExperiment(store, "a", withStatus("paused"));
  const second = await look();
  expect([lists.count, second.version === first.version]).toEqual([2, false]);
  expect(second.flags.get("b")).toBe(first.flags.get("b"));
  expect(second.flags.get("a")).toMatchObject({ epoch: 2, state: "paused" });
});

test("a model whose units an experiment splits is no flag, until the experiment is completed", async () => {
  const { store, look } = open();
  await store.allocations.put(allocate({ model: "planner", epoch: 1, seed: "s", shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false }));
  await addExperiment(store, { name: "plan_exp", model: "planner" });
  expect([...(await look()).flags.keys()]).toEqual(["plan_exp"]);
  await changeExperiment(store, "plan_exp", withStatus("completed"));
  expect([...(await look()).flags.keys()]).toEqual(["planner", "plan_exp"]);
});

test("an experiment that opens, and one that closes, is another version without being read again", async () => {
  const { store, time, lists, look } = open();
  await addExperiment(store, { name: "a", startAt: 2000, endAt: 3000 });
  const versions: string[] = [];
  for (time.now of [1000, 1999, 2000, 2999, 3000, 4000]) versions.push((await look()).version);
  const [before, , during, , after] = versions;
  expect(versions).toEqual([before, before, during, during, after, after]);
  // Before and after, nobody is given anything: that is the same.
  expect([before === during, before === after, lists.count]).toEqual([false, true, 1]);
});

test("listeners are told of another version once, and there are only so many of them", async () => {
  const { store, table, look } = open();
  await addExperiment(store, { name: "a" });
  await look();
  const told: string[] = [];
  let ended = 0;
  const unsubscribe = table.subscribe((snapshot) => told.push(snapshot.version), () => (ended += 1));
  table.subscribe(() => undefined, () => (ended += 1));
  expect(table.full()).toBe(true);
  await look();
  await changeExperiment(store, "a", withStatus("completed"));
  table.nudge();
  const { version } = await table.current();
  await look();
  expect(told).toEqual([version]);
  unsubscribe();
  expect(table.full()).toBe(false);
  table.close();
  expect(ended).toBe(1);
});
