import { expect, test } from "vitest";

import { ago, due, dueWords, duration, isoTime, utc, utcTime } from "./time.ts";

const AT = Date.UTC(2002, 7, 14, 9, 30, 7);

test("times are in UTC and name the zone", () => {
  expect(utc(AT)).toBe("2002-08-14 09:30 UTC");
  expect(utc(AT, "second")).toBe("2002-08-14 09:30:07 UTC");
  expect(utcTime(AT)).toBe("09:30:07 UTC");
});

test("a time that no calendar holds is said to be so", () => {
  expect(utc(9e15)).toBe("outside the calendar");
  expect(utc(Number.NaN)).toBe("outside the calendar");
  expect(isoTime(9e15)).toBeUndefined();
});

test.each([
  [45_000, "45 s"],
  [12 * 60_000, "12 min"],
  [12 * 60_000 + 5000, "12 min 5 s"],
  [3 * 86_400_000 + 4 * 3_600_000, "3 d 4 h"],
  [400 * 86_400_000 + 3_600_000, "400 d"],
])("%d ms is %s", (ms, text) => expect(duration(ms)).toBe(text));

test("what is due is told by the clock that is passed in", () => {
  expect(due(AT + 3_600_000, AT)).toBe("in 1 h");
  expect(due(AT - 7_200_000, AT)).toBe("2 h overdue");
  expect(due(AT, AT)).toBe("now");
  expect(dueWords(AT + 3_600_000, AT)).toBe("due in 1 h");
  expect(dueWords(AT - 7_200_000, AT)).toBe("overdue by 2 h");
  expect(ago(AT - 60_000, AT)).toBe("1 min ago");
});
