import { Failure } from "@gauntlet/core";
import type { Outcome } from "@gauntlet/core";
import { expect, test } from "vitest";

import { outcomeBuffer } from "./outcome-buffer.ts";
import type { BufferOptions, OutcomeBuffer } from "./outcome-buffer.ts";
import { manualTime } from "./testing/manual-time.ts";
import type { ManualTime } from "./testing/manual-time.ts";

interface Desk {
  readonly time: ManualTime;
  readonly buffer: OutcomeBuffer;
  /** Every attempt: the batch id and the request ids in it. */
  readonly attempts: (readonly [string, string])[];
  readonly reported: string[];
}

function desk(answer: (attempt: number) => Promise<void>, change: Partial<BufferOptions> = {}): Desk {
  const time = manualTime();
  const attempts: (readonly [string, string])[] = [];
  const reported: string[] = [];
  const buffer = outcomeBuffer({
    record: async (outcomes, batchId) => {
      attempts.push([batchId, outcomes.map((outcome) => outcome.requestId).join(" ")]);
      await answer(attempts.length);
    },
    instanceId: "g1",
    batchMax: 2,
    ageMaxMs: 1000,
    capacity: 100,
    retryMs: 100,
    recordTimeoutMs: 5000,
    drainAttempts: 3,
    timers: time.timers,
    report: (failure) => reported.push(failure.code),
    ...change,
  });
  return { time, buffer, attempts, reported };
}

function outcome(requestId: string): Outcome {
  return { requestId, at: 1, model: "mail", version: "1", slot: "champion", mode: "live", epoch: 1, unit: "u", prediction: true, metrics: {} };
}

const taken = async (): Promise<void> => undefined;

async function down(): Promise<never> {
  throw new Error("connection refused");
}

test("batches go by size and by age, with ids that count up", async () => {
  const { time, buffer, attempts } = desk(taken);
  for (const id of ["a", "b", "c"]) buffer.add(outcome(id));
  await time.pass(999);
  expect(attempts).toEqual([["g1-1", "a b"]]);
  expect(buffer.stats()).toMatchObject({ waiting: 1, recorded: 2 });
  await time.pass(1);
  expect(attempts).toEqual([["g1-1", "a b"], ["g1-2", "c"]]);
  expect(buffer.stats()).toEqual({ waiting: 0, recorded: 3, refused: 0, dropped: 0, retries: 0 });
});

test("without an age a batch waits for its size or for drain", async () => {
  const { time, buffer, attempts } = desk(taken, { ageMaxMs: null });
  buffer.add(outcome("a"));
  await time.pass(1e9);
  expect(attempts).toEqual([]);
  await buffer.drain();
  expect(attempts).toEqual([["g1-1", "a"]]);
});

test("a batch that was not recorded is sent again, the same and before the next one", async () => {
  const { time, buffer, attempts, reported } = desk((attempt) => (attempt < 3 ? down() : taken()));
  for (const id of ["a", "b", "c", "d"]) buffer.add(outcome(id));
  await time.pass(300);
  expect(attempts).toEqual([["g1-1", "a b"], ["g1-1", "a b"], ["g1-1", "a b"], ["g1-2", "c d"]]);
  expect(buffer.stats()).toMatchObject({ waiting: 0, recorded: 4, retries: 2 });
  expect(reported).toEqual(["store_unavailable", "store_unavailable"]);
});

test("what records and never answers is a failure too", async () => {
  const { time, buffer, attempts } = desk((attempt) => (attempt === 1 ? new Promise(() => undefined) : taken()));
  buffer.add(outcome("a"));
  const drained = buffer.drain();
  await time.pass(5100);
  await drained;
  expect(attempts).toEqual([["g1-1", "a"], ["g1-1", "a"]]);
});

test("drain says so when nothing can be recorded, keeps everything, and may be called again", async () => {
  let up = false;
  const { time, buffer } = desk(() => (up ? taken() : down()));
  for (const id of ["a", "b", "c"]) buffer.add(outcome(id));
  const drained = buffer.drain();
  const failed = expect(drained).rejects.toThrow("3 outcomes are not recorded yet: batch g1-1 of 2 outcomes was not recorded: connection refused");
  await time.pass(1000);
  await failed;
  up = true;
  await buffer.drain();
  expect(buffer.stats()).toMatchObject({ waiting: 0, recorded: 3, refused: 0 });
});

test("a batch that is refused for what is in it does not hold up the next one", async () => {
  const { buffer, reported } = desk(async (attempt) => {
    if (attempt === 1) throw new Failure("invalid_input", "outcome 0 lies in the future");
  });
  for (const id of ["a", "b", "c"]) buffer.add(outcome(id));
  await buffer.drain();
  expect(buffer.stats()).toEqual({ waiting: 0, recorded: 1, refused: 2, dropped: 0, retries: 0 });
  expect(reported).toEqual(["invalid_input"]);
});

test("memory is bounded: beyond the capacity outcomes are dropped and counted", async () => {
  const { time, buffer } = desk(down, { capacity: 5 });
  for (let index = 0; index < 8; index++) buffer.add(outcome(String(index)));
  await time.pass(10);
  expect(buffer.stats()).toMatchObject({ waiting: 5, dropped: 3 });
});
