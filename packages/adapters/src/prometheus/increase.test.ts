import fc from "fast-check";
import { expect, test } from "vitest";

import { countOn, type Counted, type Scrape } from "./increase.ts";

const BUCKET = 60_000;
const NEVER: ReadonlySet<number> = new Set();

function scrape(at: number, value: number): Scrape {
  return { at, values: { "": value } };
}

function total(counted: Counted | null, key = ""): number {
  return [...(counted?.byBucket.values() ?? [])].reduce((sum, counts) => sum + (counts[key] ?? 0), 0);
}

test("what came on top of the baseline is counted, restarts from zero", () => {
  const counted = countOn(null, [scrape(0, 100), scrape(15_000, 103), scrape(30_000, 2), scrape(75_000, 7)], { fromZero: false, bucketMs: BUCKET, reborn: NEVER });
  expect(total(counted)).toBe(3 + 2 + 5);
  expect(counted?.baseline).toEqual(scrape(0, 100));
  expect([...(counted?.byBucket ?? [])].map(([start, counts]) => [start, counts[""]])).toEqual([
    [0, 5],
    [60_000, 5],
  ]);
});

test("a series that began within the epoch is counted from its first value", () => {
  const counted = countOn(null, [scrape(0, 4), scrape(15_000, 5)], { fromZero: true, bucketMs: BUCKET, reborn: NEVER });
  expect(total(counted)).toBe(5);
  expect(counted?.baseline).toBeNull();
});

test("a series that was gone for a while began anew, even where it came back with as much as before", () => {
  const counted = countOn(null, [scrape(0, 4), scrape(60_000, 4)], { fromZero: false, reborn: new Set([60_000]), bucketMs: BUCKET });
  expect(total(counted)).toBe(4);
});

test("the buckets of a histogram begin anew together, also those that rose past what they were", () => {
  const at = (time: number, low: number, high: number): Scrape => ({ at: time, values: { "1": low, Infinity: high } });
  const counted = countOn(null, [at(0, 5, 2), at(15_000, 6, 1)], { fromZero: false, bucketMs: BUCKET, reborn: NEVER });
  expect([total(counted, "1"), total(counted, "Infinity")]).toEqual([6, 1]);
});

test("the numbers are the true counts of a program that restarts at will, whatever is read at a time", () => {
  const life = fc.array(fc.record({ requests: fc.nat(50), restarts: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(life, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 60, maxLength: 60 }), fc.boolean(), (steps, cuts, fromZero) => {
      let value = 1000;
      let truth = fromZero ? value : 0;
      const scrapes = [scrape(0, value)];
      for (const [index, { requests, restarts }] of steps.entries()) {
        // A program that restarts and serves more than ever before within one scrape can't be told from one that ran on.
        if (restarts && requests < value) value = 0;
        value += requests;
        truth += requests;
        scrapes.push(scrape((index + 1) * 15_000, value));
      }
      let counted: Counted | null = null;
      for (let from = 0, i = 0; from < scrapes.length; from += cuts[i++] ?? 1) counted = countOn(counted, scrapes.slice(from, from + (cuts[i] ?? 1)), { fromZero, bucketMs: BUCKET, reborn: NEVER });
      expect(total(counted)).toBe(truth);
    }),
  );
});
