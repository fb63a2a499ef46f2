import { expect, test } from "vitest";

import { watchAllocation } from "./allocation-watch.ts";
import type { AllocationWatch } from "./allocation-watch.ts";
import { manualTime } from "./testing/manual-time.ts";
import type { ManualTime } from "./testing/manual-time.ts";
import { split } from "./testing/split.ts";

type Source = () => ReturnType<Parameters<typeof watchAllocation>[0]["read"]>;

function watch(first: Source, maxAgeMs = 500): { time: ManualTime; watch: AllocationWatch; become(source: Source): void; reads(): number } {
  const time = manualTime();
  let source = first;
  let reads = 0;
  const read: Source = () => {
    reads += 1;
    return source();
  };
  const watch = watchAllocation({ read, maxAgeMs, stopwatch: time.stopwatch, timers: time.timers });
  return {
    time,
    watch,
    reads: () => reads,
    become: (next) => {
      source = next;
    },
  };
}

const epochOf = async (watch: AllocationWatch): Promise<number | null> => (await watch.current())?.allocation.epoch ?? null;

async function down(): Promise<never> {
  throw new Error("the disk is gone");
}

test("a new epoch is in force within the age, and requests in between do not read", async () => {
  const source = watch(async () => split(8000));
  expect(await epochOf(source.watch)).toBe(1);
  source.become(async () => split(5000, { epoch: 2 }));
  await source.time.pass(200);
  expect(await epochOf(source.watch)).toBe(1);
  expect(source.reads()).toBe(1);
  await source.time.pass(300);
  expect(await epochOf(source.watch)).toBe(2);
});

test("from half the age on it is read in the background, without the request waiting", async () => {
  const source = watch(async () => split(8000));
  await epochOf(source.watch);
  source.become(() => new Promise(() => undefined));
  await source.time.pass(300);
  expect(await epochOf(source.watch)).toBe(1);
  expect(source.reads()).toBe(2);
});

test("a request after a long silence does not get the old epoch", async () => {
  const source = watch(async () => split(8000));
  await epochOf(source.watch);
  source.become(async () => split(5000, { epoch: 2 }));
  await source.time.pass(3_600_000);
  expect(await epochOf(source.watch)).toBe(2);
});

test("with age 0 every request reads", async () => {
  const source = watch(async () => split(8000), 0);
  await epochOf(source.watch);
  source.become(async () => split(5000, { epoch: 2 }));
  expect(await epochOf(source.watch)).toBe(2);
});

test.each([
  ["fails", down],
  ["shows the past", async () => split(9000, { epoch: 6 })],
  ["shows an unsound allocation", async () => ({ ...split(5000, { epoch: 8 }), arms: [] })],
] as const)("while the source %s, the last known allocation serves on", async (_, broken) => {
  const source = watch(async () => split(8000, { epoch: 7 }));
  await epochOf(source.watch);
  source.become(broken);
  await source.time.pass(600);
  expect(await epochOf(source.watch)).toBe(7);
  expect(source.watch.failures()).toBe(1);
});

test("a source that hangs holds up requests for a second at most, and those after it not at all", async () => {
  const source = watch(async () => split(8000));
  await epochOf(source.watch);
  source.become(() => new Promise(() => undefined));
  await source.time.pass(600);
  const waiting = epochOf(source.watch);
  await source.time.pass(1000);
  expect(await waiting).toBe(1);
  expect(await epochOf(source.watch)).toBe(1);
});

test("nothing known and nothing readable is an error; a model without an allocation is null", async () => {
  await expect(watch(down).watch.current()).rejects.toMatchObject({ code: "traffic_unavailable", status: 503 });
  expect(await watch(async () => null).watch.current()).toBeNull();
});
