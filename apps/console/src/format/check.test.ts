import type { CheckResult } from "@gauntlet/core";
import { expect, test } from "vitest";

import { allowedWords, basisOf, checkTitle, intervalWords, sideValue } from "./check.ts";

const RECALL: CheckResult = {
  id: "recall-superiority",
  purpose: "promotion",
  metric: "recall",
  status: "pass",
  champion: 0.8,
  challenger: 0.85,
  estimate: 1.0625,
  unit: "ratio",
  interval: { low: 1.03202, high: 1.09388, level: 0.95 },
  allowed: { low: 1.05, high: null },
  pValue: 5.45e-5,
  alpha: 0.05,
  n: { champion: 1000, challenger: 1000 },
  nNeeded: null,
  method: "McNemar exact, two-sided",
  guarantee: "exact",
  reported: {},
  says: "",
  wouldChange: null,
};

test("a ratio of recalls: the ratio as a quotient, its sides as percentages", () => {
  expect(intervalWords(RECALL)).toBe("1.032× to 1.094× (95\u00A0%)");
  expect(allowedWords(RECALL)).toBe("at least 1.050×");
  expect(sideValue(RECALL, 0.8)).toBe("80\u00A0%");
  expect(checkTitle(RECALL)).toBe("Recall superiority");
  expect(checkTitle({ id: "harm-latency_ms" })).toBe("Harm: latency");
  expect(checkTitle({ id: "latency_ms-p95" })).toBe("Latency p95");
});

test("the sides of a ratio of means are no percentages, and a bound of the challenger alone is a level", () => {
  const mean: CheckResult = { ...RECALL, id: "basket-mean", champion: 0.8, challenger: 312.5, estimate: 1.05, sideUnit: "plain" };
  expect(sideValue(mean, 0.8)).toBe("0.8");
  expect(sideValue(mean, 312.5)).toBe("312.5");
  const bound: CheckResult = { ...RECALL, id: "error-bound", unit: "share", champion: null, challenger: 0.03, estimate: 0.03, allowed: { low: null, high: 0.05 } };
  expect(basisOf(bound)).toBe("level");
  expect(allowedWords(bound)).toBe("at most 5\u00A0%");
});

test("a difference of shares is told in percentage points, a level as a percentage", () => {
  const band: CheckResult = { ...RECALL, unit: "share", champion: 0.92, challenger: 0.91, estimate: -0.01, allowed: { low: -0.01, high: null } };
  expect(basisOf(band)).toBe("difference");
  expect(allowedWords(band)).toBe("at least −1.00 pp");
  const coverage: CheckResult = { ...band, purpose: "validity", champion: 0.99, challenger: 0.97, estimate: 0.97, allowed: { low: 0.95, high: null } };
  expect(basisOf(coverage)).toBe("level");
  expect(allowedWords(coverage)).toBe("at least 95\u00A0%");
  // Nothing went wrong anywhere: a difference all the same.
  expect(basisOf({ ...band, champion: 0, challenger: 0, estimate: 0 })).toBe("difference");
});

test("latency: a cap is a level, an increase a difference", () => {
  const cap: CheckResult = { ...RECALL, unit: "ms", champion: 80, challenger: 95, estimate: 95, allowed: { low: null, high: 100 } };
  expect(allowedWords(cap)).toBe("at most 100 ms");
  expect(allowedWords({ ...cap, estimate: 15, allowed: { low: null, high: 10 } })).toBe("at most +10.0 ms");
});

test("no bound, no interval: nothing is made up", () => {
  expect(allowedWords({ ...RECALL, allowed: { low: null, high: null } })).toBeNull();
  expect(intervalWords({ ...RECALL, interval: null })).toBeNull();
  expect(sideValue(RECALL, null)).toBe("–");
});

test("points of strength have a sign where they are a difference", () => {
  const sprt: CheckResult = { ...RECALL, id: "elo-sprt", unit: "elo", champion: null, challenger: null, estimate: 23.84, interval: null, allowed: { low: -60, high: null } };
  expect([checkTitle(sprt), allowedWords(sprt), basisOf(sprt)]).toEqual(["Elo SPRT", "at least −60.0 Elo", "level"]);
});
