import type { MonitorCheckView, MonitorView } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { monitorCharts, monitorFacts, outcomeWords } from "./monitor.ts";

const DAY = 86_400_000;
const MONITOR: MonitorView = {
  subject: "model:m", kind: "model", model: "m", watched: "m-1", from: "2", to: "1", since: 0, until: 7 * DAY, mode: "rollback", status: "at_risk", checks: 4, consecutive: 2, consecutiveMax: 3, lastCheckAt: DAY,
  change: -35, averageChange: -33, says: null, triggered: null, history: [], rollbacks: [DAY / 2], rollbacksMax: 3, cooldownUntil: DAY + 3_600_000,
};

function check(at: number, change: number | null, outcome: MonitorCheckView["outcome"]): MonitorCheckView {
  const rating = { id: "rating", metric: "elo", role: "trend" as const, status: "regressed" as const, value: null, baseline: null, change, standardError: change === null ? null : 10, limit: -30, method: "", guarantee: "asymptotic" as const, says: "" };
  return { at, watched: "m-1", evidence: at, samples: at, figures: [rating, { ...rating, id: "win-rate", role: "floor", value: 0.5 - at / 100, baseline: 0.4, change: 0.1 - at / 100, standardError: null, limit: null }, { ...rating, id: "error-rate", change: null }], outcome };
}

test("what limits the next rollback is said in words", () => {
  expect(monitorFacts({ now: DAY, monitor: MONITOR }).map(({ name, value }) => `${name}: ${value}`)).toEqual([
    "Checks in a row: 2 of 3 showed a regression",
    "Watched: for 1 d, ends in 6 d",
    "Then: back to version 1",
    "Rollbacks: 1 of 3 within 24 hours",
    "Cooldown: the next one may come in 1 h",
  ]);
  expect(monitorFacts({ now: DAY, monitor: { ...MONITOR, mode: "notify", until: null, cooldownUntil: null, rollbacksMax: null, consecutiveMax: null } }).map(({ value }) => value)).toEqual(["2 showed a regression", "for 1 d", "hooks are told; nothing is rolled back", "1 within 24 hours"]);
});

test("what is rolled back is not watched any more", () => {
  expect(monitorFacts({ now: DAY, monitor: { ...MONITOR, status: "rolled_back", cooldownUntil: null } }).map(({ name, value }) => `${name}: ${value}`)).toEqual(["Promoted: 1 d ago", "Went: back to version 1", "Rollbacks: 1 of 3 within 24 hours"]);
});

test("a figure with a change is drawn against what it may lose, a floor against itself, oldest first; others are left to the table", () => {
  const checked = { kind: "checked", isRegression: true, consecutive: 1, atRisk: false } as const;
  const charts = monitorCharts([check(3, -35, checked), check(2, null, checked), check(1, -20, checked)]);
  expect(charts.map(({ id, at, lines }) => [id, at, lines[0]?.values])).toEqual([["rating", [1, 2, 3], [-20, null, -35]], ["win-rate", [1, 2, 3], [0.49, 0.48, 0.47]]]);
  expect(charts[0]?.levels.map(({ at, name }) => [at, name])).toEqual([[0, "as before"], [-30, "may lose 30.0 Elo"]]);
  expect(charts[1]?.levels.map(({ at, name }) => [at, name])).toEqual([[0.4, "at least 0.400"]]);
  expect(charts[0]?.range[0]).toBeLessThan(-54.6);
  expect(monitorCharts([])).toEqual([]);
});

test("what a check came to", () => {
  expect(outcomeWords({ outcome: { kind: "checked", isRegression: false, consecutive: 0, atRisk: false } })).toBe("no regression");
  expect(outcomeWords({ outcome: { kind: "checked", isRegression: true, consecutive: 2, atRisk: true } })).toBe("regression, 2 in a row: at risk");
  expect(outcomeWords({ outcome: { kind: "triggered", cause: "severe", says: "", withheld: null, response: null } })).toBe("rollback called for: far worse, and surely so");
  expect(outcomeWords({ outcome: { kind: "triggered", cause: "severe", says: "", withheld: "cooldown", response: null } })).toBe("rollback withheld: the last one was too short ago");
});
