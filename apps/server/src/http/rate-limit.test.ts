import { expect, test } from "vitest";

import { rateLimit } from "./rate-limit.ts";

const clock = { ms: 0 };
const limit = (perMinute: number) => rateLimit({ perMinute, stopwatch: () => clock.ms });

test("a key has its calls a minute, another key its own", () => {
  clock.ms = 1000;
  const { take } = limit(3);
  expect([take("a"), take("a"), take("a"), take("a"), take("b")]).toEqual([true, true, true, false, true]);
});

test("the minute slides: what is less than a minute ago still counts, in proportion", () => {
  clock.ms = 59_000;
  const { take } = limit(100);
  expect(take("a", 100)).toBe(true);
  clock.ms = 61_000;
  expect([take("a", 2), take("a", 1)]).toEqual([false, true]);
  clock.ms = 90_000;
  expect([take("a", 49), take("a", 1)]).toEqual([true, false]);
  clock.ms = 180_000;
  expect(take("a", 100)).toBe(true);
});

test("a refused call does not count, so waiting helps", () => {
  clock.ms = 0;
  const { take } = limit(1);
  take("a");
  for (let i = 0; i < 50; i++) expect(take("a")).toBe(false);
  clock.ms = 120_000;
  expect(take("a")).toBe(true);
});
