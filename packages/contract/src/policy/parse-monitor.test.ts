import { Failure, type MonitorRules } from "@gauntlet/core";
import { describe, expect, it } from "vitest";

import { parsePolicy } from "./parse-policy.ts";

const RAMP = `
kind: ramp
name: planner
model: planner
minSamples: 700
stages:
  - { name: a tenth, allocation: 10%, dwell: 1h }
  - { name: all, allocation: 100% }
checks:
  - { metric: error, better: lower, noWorseThan: 5% }
`;

const monitorOf = (text: string): MonitorRules | undefined => parsePolicy(text, "policy.yaml").monitor;

describe("the section monitor of a policy file", () => {
  it("may be left out, and then nobody looks", () => {
    expect(monitorOf(RAMP)).toBeUndefined();
  });

  it("has a default for every key: those of the reference", () => {
    expect(monitorOf(`${RAMP}monitor: {}`)).toEqual({
      mode: "rollback",
      watchMs: null,
      everyMs: 300_000,
      windowMs: 3_600_000,
      consecutive: 3,
      minSamples: 700,
      alpha: { parts: 1, of: 100 },
      severeTimes: { parts: 2, of: 1 },
      rating: { dropMax: { parts: 30, of: 1 }, winRateMin: { parts: 2, of: 5 }, adaptive: false },
      cooldownMs: 3_600_000,
      perDayMax: 3,
      escalation: false,
    });
  });

  it("says what it means of what is given", () => {
    const rules = monitorOf(`${RAMP}monitor: { mode: notify, watch: 3d, every: 30s, window: 10m, consecutive: 2, minSamples: 50, alpha: 0.1%, severe: 3, drop: 12.5, winRate: null, adaptive: true, cooldown: 0s, perDay: null, escalation: true }`);
    expect(rules).toMatchObject({ mode: "notify", watchMs: 259_200_000, everyMs: 30_000, minSamples: 50, severeTimes: { parts: 3, of: 1 }, rating: { dropMax: { parts: 25, of: 2 }, winRateMin: null, adaptive: true }, perDayMax: null, escalation: true });
  });

  it("refuses to watch where no check has evidence after a promotion", () => {
    const text = `
kind: abtest
name: scores
model: m
split: { champion: 50%, challenger: 50% }
window: { min: 1h, max: 1h }
labels: { maturity: 1m }
minSamples: 10
metrics: { auc: moments }
checks:
  - { check: offline, metric: auc, atLeast: 0.9 }
monitor: {}`;
    expect(() => monitorOf(text)).toThrow("would see nothing");
  });

  it.each([
    ["{ windw: 1h }", 'did you mean "window"'],
    ["{ severe: 1 }", "a number above 1"],
    ["{ drop: 0 }", "a number above 0"],
    ["{ every: 1h, consecutive: 3, window: 1h }", "too short for 3 checks"],
    ["{ mode: quietly }", "line"],
  ])("refuses %s", (section, told) => {
    try {
      monitorOf(`${RAMP}monitor: ${section}`);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      expect((error as Failure).code).toBe("policy_invalid");
      expect((error as Failure).problems[0]?.detail).toContain(told);
    }
  });
});
