import { Failure, type RampPolicy } from "@gauntlet/core";
import { expect, test } from "vitest";

import { parsePolicy } from "./parse-policy.ts";

const DAY = 86_400_000;

const GOOD = `
kind: ramp
name: planner
model: planner_model
admission:
  offline:
    - { metric: constraint_respect_score, equals: 1 }
    - { metric: plan_alignment_score, atLeast: baseline }
    - { metric: diversity_score, atLeast: 0.95 × baseline }
stages:
  - { name: experiment-10, allocation: 10%, dwell: 3d }
  - { name: experiment-25, allocation: 25%, dwell: 5d }
  - { name: experiment-50, allocation: 50%, dwell: 7d }
  - { name: production, allocation: 100% }
maturity: 24h
minSamples: 1000
metrics:
  acceptance_rate: { ratio: accepted / generated, once: true }
  cost: moments
  violation: rate
  latency_ms: histogram
checks:
  - { metric: acceptance_rate, better: higher, noWorseThan: 5% }
  - { metric: cost, better: lower, noWorseThan: 10%, floor: 0.2 }
  - { metric: latency_ms, quantile: p50, better: lower, noWorseThan: 20% }
  - { metric: latency_ms, quantile: p99, atMost: 2000 }
  - { metric: violation, never: true }
  - { metric: acceptance_rate, better: higher, improveBy: 1% }
approval: { when: warn, stage: production, by: 1, notBy: [ada] }
rollback: { onHarm: { alpha: 0.002 }, restore: snapshot }
effects: [registry.alias, registry.tag, traffic]
`;

function rampOf(text: string): RampPolicy {
  const policy = parsePolicy(text, "ramp.yaml");
  if (policy.kind !== "ramp") throw new Error(`it is a ${policy.kind}`);
  return policy;
}

function problemsOf(text: string): Failure["problems"] {
  try {
    parsePolicy(text, "ramp.yaml");
  } catch (error) {
    if (error instanceof Failure) return error.problems;
    throw error;
  }
  throw new Error("the policy was accepted");
}

test("a ramp is read with exact fractions, milliseconds and basis points", () => {
  const { admission, stages, checks, approval, ...policy } = rampOf(GOOD);
  expect(admission.offline).toEqual([
    { metric: "constraint_respect_score", ask: "equals", bound: { kind: "value", value: { parts: 1, of: 1 } } },
    { metric: "plan_alignment_score", ask: "atLeast", bound: { kind: "champion", times: { parts: 1, of: 1 } } },
    { metric: "diversity_score", ask: "atLeast", bound: { kind: "champion", times: { parts: 19, of: 20 } } },
  ]);
  expect(stages.map(({ basisPoints, dwellMs }) => [basisPoints, dwellMs])).toEqual([[1000, 3 * DAY], [2500, 5 * DAY], [5000, 7 * DAY], [10_000, null]]);
  expect(checks.map((check) => [check.kind, "figure" in check ? check.figure.kind : null, "floor" in check ? check.floor : null])).toEqual([
    ["noWorseThan", "ratio", { parts: 1, of: 20 }],
    ["noWorseThan", "mean", { parts: 1, of: 5 }],
    ["noWorseThan", "quantile", { parts: 1, of: 20 }],
    ["cap", null, null],
    ["never", null, null],
    ["improveBy", "ratio", null],
  ]);
  expect(approval).toEqual({ when: "warn", by: 1, notBy: ["ada"] });
  expect(policy).toMatchObject({ mode: "strict", experiment: null, control: "equal", maturityMs: DAY, minSamples: 1000, alpha: { parts: 1, of: 20 }, srmAlpha: { parts: 1, of: 1000 }, harmAlpha: { parts: 1, of: 500 }, spending: "each", impact: null });
});

test("the last stage may be watched before it is promoted, in strict mode", () => {
  const watched = GOOD.replace("allocation: 100% }", "allocation: 100%, watch: 72h }");
  expect(rampOf(watched).stages.at(-1)).toEqual({ name: "production", basisPoints: 10_000, dwellMs: 3 * DAY });
  const compat = watched.replace("maturity: 24h", "mode: compat").replace("when: warn", "when: always").replace(/ {2}- .*improveBy.*\n/, "");
  expect(problemsOf(compat)).toMatchObject([{ pointer: "/stages/3/watch", detail: expect.stringContaining("promotes at once") }]);
  expect(rampOf(compat.replace(", watch: 72h", "")).stages.at(-1)?.dwellMs).toBeNull();
});

test("in an experiment the challenger is compared with the rest, unless the file says otherwise", () => {
  expect(rampOf(`${GOOD}experiment: planner_exp\n`).control).toBe("rest");
  expect(rampOf(`${GOOD}experiment: planner_exp\ncontrol: equal\n`).control).toBe("equal");
});

test.each([
  ["a first share above 10 %", ["allocation: 10%,", "allocation: 11%,"], "/stages/0/allocation", /at most 10 %/],
  ["stages that do not ascend", ["allocation: 25%,", "allocation: 60%,"], "/stages/2/allocation", /not above the 60 %/],
  ["a last stage below 100 %", ["allocation: 100%", "allocation: 90%"], "/stages/3/allocation", /the last stage is 100 %/],
  ["a last stage with a dwell", ["allocation: 100%", "allocation: 100%, dwell: 1d"], "/stages/3/dwell", /to reach it is the promotion/],
  ["a watch before the last stage", ["dwell: 5d", "dwell: 5d, watch: 1d"], "/stages/1/watch", /only the last stage/],
  ["a watch that nothing of could be judged", ["allocation: 100%", "allocation: 100%, watch: 23h"], "/stages/3/watch", /shorter than maturity/],
  ["a stage without a dwell", [", dwell: 5d", ""], "/stages/1", /needs a dwell/],
  ["two stages of one name", ["experiment-25", "experiment-10"], "/stages/1/name", /a second stage/],
  ["an unknown key in a stage", ["dwell: 3d", "dwel: 3d"], "/stages/0/dwel", /line 11: unknown key "dwel"; did you mean "dwell"/],
  ["an unknown key in a check", ["noWorseThan: 5%", "noWorsThan: 5%"], "/checks/0/noWorsThan", /did you mean "noWorseThan"/],
  ["no ask", [", noWorseThan: 5%", ""], "/checks/0", /exactly one of noWorseThan/],
  ["two asks", ["noWorseThan: 5%", "noWorseThan: 5%, improveBy: 1%"], "/checks/0", /noWorseThan and improveBy/],
  ["no direction", ["better: higher, noWorseThan: 5%", "noWorseThan: 5%"], "/checks/0/better", /higher or lower/],
  ["a margin that is everything", ["noWorseThan: 5%", "noWorseThan: 100%"], "/checks/0/noWorseThan", /whole figure/],
  ["a quantile of a ratio", ["metric: acceptance_rate, better: higher, noWorseThan", "metric: acceptance_rate, quantile: p50, better: higher, noWorseThan"], "/checks/0/metric", /needs "acceptance_rate" to be a histogram/],
  ["a histogram without a quantile", ["quantile: p50, ", ""], "/checks/2/metric", /say which quantile/],
  ["a cap without a quantile", ["quantile: p99, ", ""], "/checks/3/quantile", /say which/],
  ["never, of a mean", ["metric: violation, never", "metric: cost, never"], "/checks/4/metric", /to be a rate; it is declared as moments/],
  ["an undeclared metric", ["metric: violation, never", "metric: violations, never"], "/checks/4/metric", /not declared/],
  ["a check that is there twice", ["improveBy: 1%", "noWorseThan: 1%"], "/checks/5", /a second noWorseThan check/],
  ["a bound that is none", ["atLeast: baseline", "atLeast: the baseline"], "/admission/offline/1/atLeast", /0.95 × baseline/],
  ["two bounds", ["atLeast: baseline", "atLeast: baseline, atMost: 1"], "/admission/offline/1", /atLeast and atMost/],
  ["a signature at another stage", ["stage: production", "stage: experiment-10"], "/approval/stage", /only the last stage/],
  ["no traffic among its effects", ["traffic]", "document]"], "/effects", /moves traffic/],
  ["an improvement asked for in compat mode", ["maturity: 24h", "mode: compat"], "/checks/5/improveBy", /mode: strict/],
  ["a bucket longer than a dwell", ["maturity: 24h", "bucket: 4d"], "/bucket", /shortest dwell/],
  ["a maturity that nothing reaches", ["maturity: 24h", "maturity: 8d"], "/maturity", /twice the shortest dwell/],
  ["a rollback to something else", ["restore: snapshot", "restore: yesterday"], "/rollback/restore", /snapshot/],
  ["a key of the other kind", ["maturity: 24h", "shadow: true"], "/shadow", /unknown key/],
] as const)("refused: %s", (_, [from, to], pointer, detail) => {
  expect(GOOD).toContain(from);
  const problems = problemsOf(GOOD.replace(from, to));
  expect(problems.map((problem) => problem.pointer)).toContain(pointer);
  expect(problems.find((problem) => problem.pointer === pointer)?.detail).toMatch(detail);
});
