import { describe, expect, test } from "vitest";

import type { ReplayScore } from "./experiment.ts";
import { judgeReplay, replayIntervals, replayMeans, requireOtherData, type ReplayMeans } from "./judge-replay.ts";

const BASELINE: Readonly<Record<ReplayScore, number | null>> = { plan_alignment: 0.8, constraint_respect: 1, edit_distance: 0.7, diversity: 0.841, leftovers: 0.762 };
const means = (scores: Partial<typeof BASELINE> = {}, kept = 1000): ReplayMeans => ({ cases: 1000, constraintKept: kept, scores: { ...BASELINE, ...scores } });
const passes = (candidate: ReplayMeans, baseline: ReplayMeans | null = means()): boolean => judgeReplay(candidate, baseline).passed;

describe("the offline gate (planner facts §7)", () => {
  test("vector 17: diversity .834 against .841 and leftovers .756 against .762 pass", () => {
    expect(passes(means({ diversity: 0.834, leftovers: 0.756 }))).toBe(true);
    expect(passes(means({ diversity: 0.79895, leftovers: 0.7239 }))).toBe(true);
    expect(passes(means({ diversity: 0.798949 }))).toBe(false);
    expect(passes(means({ leftovers: 0.723899 }))).toBe(false);
  });
  test("vector 17: constraints kept in .999 of the cases fail, and in none of none too", () => {
    expect(passes(means({}, 999))).toBe(false);
    expect(passes({ ...means(), cases: 0, constraintKept: 0 })).toBe(false);
  });
  test("alignment and edits are similarities: equal passes, less does not", () => {
    expect(passes(means({ plan_alignment: 0.8 }))).toBe(true);
    expect(passes(means({ plan_alignment: 0.799999 }))).toBe(false);
    expect(passes(means({ edit_distance: 0.699999 }))).toBe(false);
    expect(passes(means({ edit_distance: 0.9 }))).toBe(true);
  });
  test("without a baseline, or without a score, nothing passes; each rule says why", () => {
    expect(passes(means(), null)).toBe(false);
    expect(passes(means({ diversity: null }))).toBe(false);
    expect(judgeReplay(means({ diversity: null }), means()).rules.filter((rule) => !rule.passed)).toEqual([{ score: "diversity", passed: false, detail: "diversity of the candidate was not measured" }]);
  });
  test("nobody is judged by what it learned from", () => {
    const from2 = { version: "b", window: { from: 2, to: 4 } };
    expect(() => requireOtherData({ version: "a", window: null }, { version: "a", window: null })).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(() => requireOtherData({ version: "a", window: { from: 3, to: 5 } }, from2)).toThrow("overlaps in time");
    expect(requireOtherData({ version: "a", window: { from: 4, to: 5 } }, from2)).toBeUndefined();
    expect(requireOtherData({ version: "a", window: null }, from2)).toBeUndefined();
  });
  test("means are of every case, to six decimals; intervals of the difference come from the same cases", () => {
    const cases = Array.from({ length: 40 }, (_, index) => ({ ...BASELINE, plan_alignment: index % 3 === 0 ? 1 : 0.5, constraint_respect: index === 7 ? 0 : 1, leftovers: index === 3 ? null : 0.5 }));
    expect(replayMeans(cases)).toEqual({ cases: 40, constraintKept: 39, scores: { plan_alignment: 0.675, constraint_respect: 0.975, edit_distance: 0.7, diversity: 0.841, leftovers: null } });
    let state = 1;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const intervals = replayIntervals(cases.map((candidate) => ({ candidate, baseline: BASELINE })), random);
    expect(Object.keys(intervals ?? {})).toEqual(["plan_alignment", "constraint_respect"]);
    expect(intervals?.plan_alignment?.low).toBeLessThan(-0.125);
    expect(intervals?.plan_alignment?.high).toBeGreaterThan(-0.125);
    expect(replayIntervals(cases.map((candidate) => ({ candidate, baseline: null })), random)).toBeNull();
  });
});
