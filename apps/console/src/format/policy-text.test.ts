import { parsePolicy } from "@gauntlet/contract";
import { requireAbtest } from "@gauntlet/core";
import { expect, test } from "vitest";

import { policyText } from "./policy-text.ts";
import { STARTER_POLICY } from "./simulation.ts";

const texts = import.meta.glob<string>(["../../../../examples/mail/policies/*.yaml", "../../../../examples/planner/policies/*.yaml"], { query: "?raw", import: "default", eager: true });
const files = Object.entries(texts);

const EVERY_CHECK = `
kind: abtest
name: "on"
model: a model. with 1 name
mode: compat
split: { champion: 66.67%, challenger: 33.33% }
shadow: false
spending: across
window: { min: 90m, max: 36h }
labels: { maturity: 1500ms, coverage: 1/3 }
minSamples: 1
metrics: { error: rate, latency_ms: histogram, score: histogram, basket: moments, sold: rate, edited: { ratio: edits + swaps / accepted, once: true }, cost: { ratio: spent / served } }
checks:
  - { check: superiority, metric: recall, improveBy: 1pp, basis: absolute }
  - { check: rate, metric: sold, better: higher, noWorseThan: 2%, basis: absolute }
  - { check: mean, metric: basket, better: lower, improveBy: 1/7 }
  - { check: bound, metric: latency_ms, quantile: p99.9, atMost: 250 }
  - { check: bound, metric: error, atLeast: 0.1%, atMost: 2% }
  - { check: offline, metric: "test/f1: macro", atLeast: 0.8 }
  - { check: offline, metric: auc, within: 1% }
  - { check: drift, metric: score }
harm: [{ check: quantile, metric: latency_ms, quantile: p95, atMost: 500, windows: 2 }]
approval: { by: 2, notBy: ["true", "o'neill: x"] }
impact: { currency: "€", volumePerMonth: 1e6, prevalence: 0.123%, valuePerTruePositive: 1.5, costPerFalsePositive: 0.25 }
`;

const WATCHED = EVERY_CHECK.replace("mode: compat", "mode: strict").replace("minSamples: 1\n", "minSamples: 1\nwatch: 72h\n");

const EVERY_PART_OF_A_RATING = `
kind: rating
name: every
model: m
mode: compat
promotion: champion
board: square8
players: 4
baseline: { participant: v41 }
criteria: { minEloImprovement: 12.5, minGames: 100, minWinRate: 55%, maxValueMseDegradation: 0.05, confidence: 99%, wilson: true, minElo: 2000, eloFall: -40.5, maxGames: 5000 }
pairs: none
sprt: { width: 10, beta: 10%, scale: normalized }
harm: null
gate: { minElo: 1500, minAccuracy: 40%, accuracy: top1 }
approval: { by: 2 }
effects: [registry.stage, traffic]
`;

const EVERY_PART_OF_A_RAMP = `
kind: ramp
name: every
model: m
mode: strict
admission: { offline: [{ metric: "a b/c: d", equals: 1 }, { metric: x, atLeast: baseline }, { metric: y, atMost: 1/3 × baseline }] }
stages: [{ name: one, allocation: 0.5%, dwell: 90m }, { name: all, allocation: 100% }]
control: rest
maturity: 1500ms
minSamples: 7
spending: across
metrics: { a: rate, b: moments, c: histogram, d: { ratio: x + y / z } }
checks:
  - { metric: a, better: higher, noWorseThan: 5%, floor: 1/7 }
  - { metric: a, never: true }
  - { metric: b, better: lower, improveBy: 2% }
  - { metric: c, quantile: p99.9, better: lower, noWorseThan: 20% }
  - { metric: c, quantile: p95, atMost: 250 }
  - { metric: d, better: lower, noWorseThan: 1% }
approval: { when: always, by: 2, notBy: [ada] }
rollback: { onHarm: { alpha: 1% } }
health: { splitGap: 3%, lag: 2h }
`;

test("there are policies to try", () => {
  expect(files.length).toBeGreaterThan(3);
});

test.each([...files, ["every kind of check", EVERY_CHECK], ["a test with a watch", WATCHED], ["every part of a ramp", EVERY_PART_OF_A_RAMP], ["every part of a promotion by matches", EVERY_PART_OF_A_RATING], ["the one to begin with", STARTER_POLICY]])("the same policy when it is read again: %s", (_, text) => {
  const policy = parsePolicy(text, "before");
  expect(parsePolicy(policyText(policy), "after")).toEqual(policy);
});

test("figures look as people write them", () => {
  const [, ships = ""] = files.find(([name]) => name.endsWith("/ships.yaml")) ?? [];
  const text = policyText(requireAbtest(parsePolicy(ships, "ships"), "shown"));
  expect(text).toContain("split: { champion: 80%, challenger: 20% }\n");
  expect(text).toContain("window: { min: 21d, max: 42d }\n");
  expect(text).toContain("  - { check: superiority, metric: recall, improveBy: 5%, basis: relative }\n");
});
