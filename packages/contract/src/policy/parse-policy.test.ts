import { checkIdOf, Failure, requireAbtest, type AbtestPolicy } from "@gauntlet/core";
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

function abtestOf(text: string): AbtestPolicy {
  return requireAbtest(parsePolicy(text, "policy.yaml"), "read here");
}

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
  const policy = abtestOf(GOOD);
  expect(policy.split).toEqual({ champion: 8000, challenger: 2000 });
  expect(policy.window).toEqual({ minMs: 14 * 86_400_000, maxMs: 28 * 86_400_000 });
  expect(policy.checks[0]).toEqual({ kind: "superiority", metric: "recall", improveBy: { parts: 1, of: 20 }, basis: "relative" });
  expect(policy.checks[2]).toMatchObject({ quantile: { parts: 19, of: 20 }, atMost: 100 });
  expect(policy.mode).toBe("strict");
  expect(policy.alpha).toEqual({ parts: 1, of: 20 });
});

test("sources are named once each, and left out where there are none", () => {
  expect("sources" in abtestOf(GOOD)).toBe(false);
  expect(abtestOf(`${GOOD}sources: [prometheus, warehouse]\n`).sources).toEqual(["prometheus", "warehouse"]);
  expect(failureOf(`${GOOD}sources: [prometheus, prometheus]\n`).problems).toEqual([{ pointer: "/sources", detail: expect.stringContaining("twice") }]);
});

test("the health of evidence is asked after when the section is there, with usual values for what it leaves out", () => {
  expect("health" in abtestOf(GOOD)).toBe(false);
  expect(abtestOf(`${GOOD}health: {}\n`).health).toEqual({ splitGapMax: { parts: 1, of: 50 }, crossedMax: { parts: 1, of: 100 }, joinedMin: { parts: 19, of: 20 }, lagMaxMs: null, silenceMaxMs: 3_600_000, sourceAgeMaxMs: 900_000 });
  expect(abtestOf(`${GOOD}health: { splitGap: 5pp, silence: 10m, lag: 24h }\n`).health).toMatchObject({ splitGapMax: { parts: 1, of: 20 }, silenceMaxMs: 600_000, lagMaxMs: 86_400_000 });
  expect(failureOf(`${GOOD}health: { silense: 10m }\n`).problems).toEqual([{ pointer: "/health/silense", detail: expect.stringContaining('did you mean "silence"') }]);
  expect(failureOf(`${GOOD}health: { joined: 120% }\n`).problems.map(({ pointer }) => pointer)).toEqual(["/health/joined"]);
});

test("a watch is left out, or a time in strict mode in which something is seen", () => {
  expect("watchMs" in abtestOf(GOOD)).toBe(false);
  const watched = `${GOOD}watch: 72h\n`;
  expect(abtestOf(watched).watchMs).toBe(3 * 86_400_000);
  const refused = (text: string) => failureOf(text).problems?.map(({ pointer, detail }) => `${pointer}: ${detail.replace(/^line \d+: /, "")}`);
  expect(refused(`${watched}mode: compat\n`)).toEqual([expect.stringMatching(/^\/watch: compat mode promotes at once/)]);
  expect(refused(`${GOOD}watch: 0s\n`)).toEqual([expect.stringMatching(/^\/watch: is no time/)]);
  expect(refused(`${GOOD}watch: 1m\n`)).toEqual([expect.stringMatching(/^\/watch: is shorter than a bucket/)]);
  expect(refused(`${watched}effects: [registry.alias]\n`)).toEqual([expect.stringMatching(/^\/effects: .*name traffic/)]);
  const blind = watched.replace(/ {2}- { check: quantile.*\n/, "").replace("check: rate, metric: error, increaseMax: 2pp", "check: recall");
  expect(refused(blind)).toEqual([expect.stringMatching(/^\/watch: would see nothing/)]);
});

const METRICS = "metrics: { latency_ms: histogram, error: rate, converted: rate, basket: moments, score: histogram }\n";

/** The policy with one more check, which becomes number 4. */
function withCheck(check: string): string {
  return GOOD.replace("harm:", `  - { ${check} }\nharm:`) + METRICS;
}

test.each([
  ["check: mean, metric: basket, better: higher, improveBy: 2%", { kind: "mean", metric: "basket", better: "higher", ask: "improveBy", margin: { parts: 1, of: 50 }, basis: "relative" }],
  ["check: mean, metric: basket, within: 0.5, basis: absolute", { kind: "mean", metric: "basket", better: "higher", ask: "within", margin: { parts: 1, of: 2 }, basis: "absolute" }],
  ["check: rate, metric: converted, better: higher, noWorseThan: 1pp, basis: absolute", { kind: "proportion", metric: "converted", better: "higher", ask: "noWorseThan", margin: { parts: 1, of: 100 }, basis: "absolute" }],
  ["check: rate, metric: converted", { kind: "rate", metric: "converted", increaseMax: { parts: 0, of: 1 } }],
  ["check: rate, metric: converted, increaseMax: 2pp", { kind: "rate", metric: "converted", increaseMax: { parts: 1, of: 50 } }],
  ["check: bound, metric: error, atMost: 0.5%", { kind: "bound", metric: "error", figure: { kind: "rate" }, atLeast: null, atMost: { parts: 1, of: 200 } }],
  ["check: bound, metric: basket, atLeast: -3, atMost: 4.5", { kind: "bound", metric: "basket", figure: { kind: "mean" }, atLeast: { parts: -3, of: 1 }, atMost: { parts: 9, of: 2 } }],
  ["check: bound, metric: latency_ms, quantile: p99, atMost: 250", { kind: "bound", metric: "latency_ms", figure: { kind: "quantile", quantile: { parts: 99, of: 100 } }, atLeast: null, atMost: { parts: 250, of: 1 } }],
  ["check: offline, metric: roc_auc, atLeast: 0.9", { kind: "offline", metric: "roc_auc", atLeast: { parts: 9, of: 10 }, atMost: null, against: null }],
  ["check: offline, metric: val/roc auc, noWorseThan: 1%", { kind: "offline", metric: "val/roc auc", atLeast: null, atMost: null, against: { better: "higher", ask: "noWorseThan", margin: { parts: 1, of: 100 }, basis: "relative" } }],
  ["check: drift, metric: score", { kind: "drift", metric: "score", warnAt: { parts: 1, of: 10 }, failAt: { parts: 1, of: 4 } }],
])("{ %s }", (check, rule) => {
  expect(parsePolicy(withCheck(check), "policy.yaml").checks[4]).toEqual(rule);
});

test("a score may have a floor and a margin to the champion's, as two checks", () => {
  const { checks } = abtestOf(withCheck("check: offline, metric: roc_auc, atLeast: 0.9 }\n  - { check: offline, metric: roc_auc, noWorseThan: 1%"));
  expect(checks.slice(4).map(checkIdOf)).toEqual(["roc_auc-offline", "roc_auc-offline-change"]);
});

test.each([
  ["check: mean, metric: basket, better: higher", "/checks/4", /exactly one of improveBy, noWorseThan and within/],
  ["check: mean, metric: basket, better: higher, improveBy: 1%, within: 2%", "/checks/4/within", /exactly one of .*, not improveBy and within/],
  ["check: mean, metric: basket, improveBy: 1%", "/checks/4/better", /higher or lower/],
  ["check: mean, metric: basket, within: 0", "/checks/4/within", /above 0/],
  ["check: mean, metric: basket, better: higher, noWorseThan: 5", "/checks/4/noWorseThan", /basis: absolute/],
  ["check: mean, metric: basket, better: higher, improveBy: -1%", "/checks/4/improveBy", /zero or more/],
  ["check: mean, metric: latency_ms, better: lower, noWorseThan: 1%", "/checks/4/metric", /needs "latency_ms" to be a moments; it is declared as histogram/],
  ["check: rate, metric: converted, increaseMax: 1pp, improveBy: 1%, better: higher", "/checks/4/improveBy", /exactly one of increaseMax, improveBy/],
  ["check: rate, metric: converted, better: higher", "/checks/4/better", /says nothing without/],
  ["check: rate, metric: error, better: lower, improveBy: 1%", "/checks/4", /a second rate rule on error/],
  ["check: rate, metric: converted, better: higher, noWorseThan: 1, basis: absolute", "/checks/4/noWorseThan", /100 points or more/],
  ["check: bound, metric: error", "/checks/4", /atLeast, atMost or both/],
  ["check: bound, metric: error, atMost: 5", "/checks/4/atMost", /no share of 1/],
  ["check: bound, metric: latency_ms, atMost: 5", "/checks/4/metric", /bound without a quantile check needs "latency_ms" to be a rate/],
  ["check: bound, metric: basket, quantile: p95, atMost: 5", "/checks/4/metric", /to be a histogram/],
  ["check: bound, metric: error, atLeast: 5%, atMost: 1%", "/checks/4/atMost", /below atLeast/],
  ["check: offline, metric: roc_auc", "/checks/4", /needs atLeast, atMost, or one of/],
  ["check: offline, metric: roc_auc, atLeast: 0.9, noWorseThan: 1%", "/checks/4", /write two checks/],
  ["check: drift, metric: score, warnAt: 0.5", "/checks/4/failAt", /not below warnAt/],
  ["check: drift, metric: basket", "/checks/4/metric", /needs "basket" to be a histogram/],
  ["check: mean, metric: basket, improvBy: 1%", "/checks/4/improvBy", /did you mean "improveBy"/],
])("refused: { %s }", (check, pointer, detail) => {
  const { problems } = failureOf(withCheck(check));
  expect(problems.map((problem) => problem.pointer)).toContain(pointer);
  expect(problems.find((problem) => problem.pointer === pointer)?.detail).toMatch(detail);
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
  ["an unknown kind", GOOD.replace("kind: abtest", "kind: bandit"), "/kind", /known: abtest, ramp/],
  ["no kind", GOOD.replace("kind: abtest", ""), "/kind", /needs a kind/],
  ["an unknown check", GOOD.replace("check: band", "check: vibe"), "/checks/1/check", /invalid/i],
  ["an undeclared metric", GOOD.replace("metric: latency_ms", "metric: latency"), "/checks/2/metric", /not declared/],
  ["a quantile of a rate", GOOD.replace("metric: latency_ms", "metric: error"), "/checks/2/metric", /needs "error" to be a histogram/],
  ["a window that ends before it begins", GOOD.replace("max: 28d", "max: 7d"), "/window/max", /shorter than window.min/],
  ["a duration without a unit", GOOD.replace("14d", '"14"'), "/window/min", /duration/],
  ["a nonsense fraction", GOOD.replace("improveBy: 5%", "improveBy: lots"), "/checks/0/improveBy", /lots/],
  ["a ratio of nothing", `${GOOD}metrics: { latency_ms: histogram, error: rate, edited: { ratio: "edits" } }\n`, "/metrics/edited/ratio", /one "\/", not 0/],
  ["a ratio that a check of another kind asks for", `${GOOD}metrics: { latency_ms: { ratio: "a / b" }, error: rate }\n`, "/checks/2/metric", /declared as ratio/],
  ["a metric of no kind", `${GOOD}metrics: { latency_ms: histogram, error: rate, edited: { ratoi: "a / b" } }\n`, "/metrics/edited", /or a ratio such as/],
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
  expect(policyJsonSchema()).toMatchObject({ oneOf: ["abtest", "ramp", "rating", "slots"].map((kind) => ({ type: "object", additionalProperties: false, properties: { kind: { const: kind } } })) });
});

test("a metric may be a ratio of what outcomes and follow-ups carry", () => {
  const { metrics } = parsePolicy(`${GOOD}metrics: { latency_ms: histogram, error: rate, edits_per_plan: { ratio: edits + swaps / accepted }, intervened: { ratio: interventions / generated, once: true } }\n`, "policy.yaml");
  expect(metrics).toEqual({
    latency_ms: "histogram",
    error: "rate",
    edits_per_plan: { kind: "ratio", numerator: ["edits", "swaps"], denominator: ["accepted"], once: false },
    intervened: { kind: "ratio", numerator: ["interventions"], denominator: ["generated"], once: true },
  });
});
