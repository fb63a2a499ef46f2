import { Failure } from "@gauntlet/core";
import { expect, test } from "vitest";

import { parsePolicy } from "./parse-policy.ts";
import { policyJsonSchema } from "./policy-schema.ts";

const GOOD = `
kind: abtest
name: fraud phase 7
model: fraud
split: { champion: 80%, challenger: 20% }
window: { min: 14d, max: 28d }
labels: { maturity: 30d }
minSamples: 10000
checks:
  - { check: superiority, metric: recall, improveBy: 5% }
  - { check: band, metric: precision, dropMax: 1pp }
  - { check: quantile, metric: latency_ms, quantile: p95, atMost: 100, increaseMax: 10 }
  - { check: rate, metric: error }
harm:
  - { check: rate, metric: error, increaseMax: 2pp }
`;

function failureOf(text: string): Failure {
  try {
    parsePolicy(text, "policy.yaml");
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("the policy was accepted");
}

test("a policy is read with exact fractions, milliseconds and basis points", () => {
  const policy = parsePolicy(GOOD, "policy.yaml");
  expect(policy.split).toEqual({ champion: 8000, challenger: 2000 });
  expect(policy.window).toEqual({ minMs: 14 * 86_400_000, maxMs: 28 * 86_400_000 });
  expect(policy.checks[0]).toEqual({ kind: "superiority", metric: "recall", improveBy: { parts: 1, of: 20 }, basis: "relative" });
  expect(policy.checks[2]).toMatchObject({ quantile: { parts: 19, of: 20 }, atMost: 100 });
  expect(policy.mode).toBe("strict");
  expect(policy.alpha).toEqual({ parts: 1, of: 20 });
});

test("an unknown key is an error that names its line and the nearest known key", () => {
  const failure = failureOf(GOOD.replace("minSamples", "minSample"));
  expect(failure.code).toBe("policy_invalid");
  expect(failure.problems).toContainEqual({ pointer: "/minSample", detail: 'line 8: unknown key "minSample"; did you mean "minSamples"?' });
});

test("unknown keys deep inside a union are named too", () => {
  const failure = failureOf(GOOD.replace("dropMax: 1pp", "dropMax: 1pp, riseMux: 2pp"));
  expect(failure.problems).toEqual([{ pointer: "/checks/1/riseMux", detail: 'line 11: unknown key "riseMux"; did you mean "riseMax"?' }]);
});

test.each([
  ["shares that do not sum", GOOD.replace("20% }", "25% }"), "/split", /sum to 105 %/],
  ["a share finer than a basis point", GOOD.replace("80%", "79.999%"), "/split/champion", /hundredths of a percent/],
  ["an unknown kind", GOOD.replace("kind: abtest", "kind: bandit"), "/kind", /known: abtest/],
  ["no kind", GOOD.replace("kind: abtest", ""), "/kind", /needs a kind/],
  ["an unknown check", GOOD.replace("check: band", "check: vibe"), "/checks/1/check", /invalid/i],
  ["an undeclared metric", GOOD.replace("metric: latency_ms", "metric: latency"), "/checks/2/metric", /not declared/],
  ["a quantile of a rate", GOOD.replace("metric: latency_ms", "metric: error"), "/checks/2/metric", /needs "error" to be a histogram/],
  ["a window that ends before it begins", GOOD.replace("max: 28d", "max: 7d"), "/window/max", /shorter than window.min/],
  ["a duration without a unit", GOOD.replace("14d", '"14"'), "/window/min", /duration/],
  ["a nonsense fraction", GOOD.replace("improveBy: 5%", "improveBy: lots"), "/checks/0/improveBy", /lots/],
  ["a metric that Gauntlet counts itself", `${GOOD}metrics: { latency_ms: histogram, error: rate, scored: rate }\n`, "/metrics/scored", /another name/],
  ["an alpha of 1", `${GOOD}alpha: 1\n`, "/alpha", /between 0 and 1/],
])("%s", (_, text, pointer, detail) => {
  const failure = failureOf(text);
  expect(failure.problems.map((problem) => problem.pointer)).toContain(pointer);
  expect(failure.problems.find((problem) => problem.pointer === pointer)?.detail).toMatch(detail);
  expect(failure.fix).toMatch(/config validate/);
});

test("malformed YAML, executable tags, aliases and duplicate keys are refused", () => {
  for (const text of ["a: [", "kind: !!js/function 'x'", "kind: abtest\nkind: abtest", "a: &x 1\nkind: abtest\nb: *x"]) {
    expect(() => parsePolicy(text, "policy.yaml")).toThrow();
  }
});

test("editors get a JSON Schema that rejects unknown keys", () => {
  expect(policyJsonSchema()).toMatchObject({ type: "object", additionalProperties: false, properties: { kind: { const: "abtest" } } });
});
