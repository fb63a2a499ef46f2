import { Failure } from "@gauntlet/core";
import { expect, test } from "vitest";

import { CLIENT_MAX_AGE_S } from "./flag-table.ts";
import { fresh } from "./fresh.ts";

/** A source whose answers the test gives, and a stopwatch that it moves. */
function source() {
  const clock = { ms: 1_000_000 };
  const reads: { resolve(value: number): void; reject(error: Error): void }[] = [];
  const reports: string[] = [];
  const arrivals: number[] = [];
  const kept = fresh<number>({
    read: () => new Promise((resolve, reject) => reads.push({ resolve, reject })),
    stopwatch: () => clock.ms,
    arrived: (value) => arrivals.push(value),
    report: (failure) => reports.push(failure.message),
  });
  return { clock, reads, reports, arrivals, kept };
}
const gone = () => new Failure("store_unavailable", "the store is gone");
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("it is read once for many, served from memory, and read again in the background before it is old", async () => {
  const { clock, reads, kept } = source();
  const both = [kept.current(), kept.current()];
  expect(reads).toHaveLength(1);
  reads[0]?.resolve(1);
  expect(await Promise.all(both)).toEqual([1, 1]);
  clock.ms += 499;
  expect([kept.current(), reads.length]).toEqual([1, 1]);
  clock.ms += 1;
  expect([kept.current(), kept.current(), reads.length]).toEqual([1, 1, 2]);
  reads[1]?.resolve(2);
  await settled();
  expect(kept.current()).toBe(2);
});

test("after a change of ours nothing that was read before it is enough, not even a read under way", async () => {
  const { reads, kept } = source();
  const first = kept.current();
  kept.changed();
  const second = kept.current();
  reads[0]?.resolve(1);
  expect(await first).toBe(1);
  await settled();
  expect(reads).toHaveLength(2);
  reads[1]?.resolve(2);
  expect(await second).toBe(2);
  expect(kept.current()).toBe(2);
});

test("I17: while reading fails the last known is served, but not for so long that a client could have it for a minute", async () => {
  const { clock, reads, reports, kept } = source();
  const first = kept.current();
  reads[0]?.resolve(1);
  await first;
  const begun = clock.ms;
  const staleMs = () => clock.ms - begun;
  for (;;) {
    clock.ms += 300;
    const asked = Promise.resolve(kept.current()).catch((failure: Failure) => failure.code);
    reads.at(-1)?.reject(gone());
    const answer = await asked;
    if (answer === "store_unavailable") break;
    expect(answer).toBe(1);
    expect(staleMs() + CLIENT_MAX_AGE_S * 1000).toBeLessThan(60_000);
  }
  expect(staleMs()).toBeGreaterThan(20_000);
  // Once for the whole row of failures.
  expect(reports).toEqual(["the store is gone"]);
  clock.ms += 300;
  const recovered = kept.current();
  reads.at(-1)?.resolve(9);
  expect(await recovered).toBe(9);
});

test("a store that was never read is unavailable at once, and asked again soon", async () => {
  const { clock, reads, kept } = source();
  const first = kept.current();
  reads[0]?.reject(gone());
  await expect(first).rejects.toMatchObject({ code: "store_unavailable" });
  clock.ms += 1;
  const second = kept.current();
  reads.at(-1)?.resolve(4);
  expect([await second, reads.length]).toEqual([4, 2]);
});
