import { expect, test } from "vitest";

import { abtestPolicy } from "../testing/observation.ts";
import { rational } from "./rational.ts";
import { countedFrom, forgottenBefore, retentionMs } from "./retention.ts";

const DAY = 86_400_000;

test("an outcome is retained for the longest window, twice the maturity of its labels, and 30 days", () => {
  const labels = { maturityMs: 30 * DAY, coverageMin: rational(9, 10), coverageGapMax: rational(1, 10) };
  expect(retentionMs(abtestPolicy({ window: { minMs: 14 * DAY, maxMs: 28 * DAY }, labels }))).toBe((28 + 60 + 30) * DAY);
});

test("what can still be counted is never forgotten, not even with a clock that is hours behind", () => {
  const now = Date.parse("2026-06-01T00:00:00Z");
  const oldest = countedFrom(now, 118 * DAY);
  expect(oldest).toBe(now - 118 * DAY);
  expect(forgottenBefore(now, 118 * DAY)).toBeLessThanOrEqual(oldest - 12 * 3_600_000);
});
