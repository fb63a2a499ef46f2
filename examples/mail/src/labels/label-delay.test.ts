import { expect, test } from "vitest";

import { LABEL_DELAY, labelTime } from "./label-delay.ts";

const HOUR_MS = 3_600_000;
const MAILS = Array.from({ length: 20_000 }, (_, i) => ({ id: `mail-${i}`, at: 1_000_000 + i }));

test("half of the labels come within twelve hours, 95 % within three days, one in a hundred never", () => {
  const delays = MAILS.map((mail) => labelTime(mail, 1)).map((at, i) => (at === null ? null : at - MAILS[i]!.at));
  const known = delays.filter((delay) => delay !== null).toSorted((a, b) => a - b);
  expect(known[0]).toBeGreaterThan(0);
  expect(known[Math.floor(known.length / 2)]! / HOUR_MS).toBeCloseTo(12, -0.5);
  expect(Math.abs(known[Math.floor(known.length * 0.95)]! / HOUR_MS - 72)).toBeLessThan(4);
  const never = 1 - known.length / delays.length;
  expect(Math.abs(never - LABEL_DELAY.neverShare)).toBeLessThan(0.003);
});

test("a label's time depends on seed and mail alone, not on the order of asking", () => {
  const forward = MAILS.slice(0, 100).map((mail) => labelTime(mail, 7));
  const backward = MAILS.slice(0, 100).toReversed().map((mail) => labelTime(mail, 7)).toReversed();
  expect(backward).toEqual(forward);
  expect(MAILS.slice(0, 100).map((mail) => labelTime(mail, 8))).not.toEqual(forward);
});
