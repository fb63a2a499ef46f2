import { DERIVED_METRICS, type Policy, type Problem } from "@gauntlet/core";

/** What the shape of a policy can't say: how its parts must fit each other. */
export function policyProblems(policy: Policy): readonly Problem[] {
  return [...splitProblems(policy), ...timeProblems(policy), ...metricProblems(policy), ...repeated(policy)];
}

function splitProblems({ split }: Policy): Problem[] {
  const problems: Problem[] = [];
  const sum = split.champion + split.challenger;
  if (sum !== 10_000) problems.push({ pointer: "/split", detail: `the shares sum to ${sum / 100} %, not to 100 %` });
  for (const slot of ["champion", "challenger"] as const) {
    if (split[slot] === 0) problems.push({ pointer: `/split/${slot}`, detail: "needs a share above 0 %; without live traffic nothing can be said about it" });
  }
  return problems;
}

function timeProblems({ window, bucketMs, monitoring, mode }: Policy): Problem[] {
  const problems: Problem[] = [];
  if (monitoring === "continuous" && mode === "compat") problems.push({ pointer: "/monitoring", detail: "compat mode has only the fixed-sample tests of its document, which can't be watched all the time; use mode: strict" });
  if (window.maxMs < window.minMs) problems.push({ pointer: "/window/max", detail: "is shorter than window.min" });
  if (bucketMs < 1000) problems.push({ pointer: "/bucket", detail: "is shorter than a second" });
  if (bucketMs > window.minMs) problems.push({ pointer: "/bucket", detail: "is longer than window.min, so no complete bucket would ever be in a look" });
  return problems;
}

function metricProblems({ checks, harm, metrics }: Policy): Problem[] {
  const wanted = { quantile: "histogram", rate: "rate" } as const;
  const rules = [...checks.map((rule, index) => ({ rule, pointer: `/checks/${index}/metric` })), ...harm.map((rule, index) => ({ rule, pointer: `/harm/${index}/metric` }))];
  const derived = Object.keys(metrics)
    .filter((metric) => metric in DERIVED_METRICS)
    .map((metric) => ({ pointer: `/metrics/${metric}`, detail: `"${metric}" is counted by Gauntlet itself; give the metric another name` }));
  const unfit = rules.flatMap(({ rule, pointer }) => {
    if (rule.kind !== "quantile" && rule.kind !== "rate") return [];
    const declared = metrics[rule.metric];
    if (declared === undefined) return [{ pointer, detail: `metric "${rule.metric}" is not declared under metrics; declared: ${Object.keys(metrics).join(", ")}` }];
    return declared === wanted[rule.kind] ? [] : [{ pointer, detail: `a ${rule.kind} check needs "${rule.metric}" to be a ${wanted[rule.kind]}; it is declared as ${declared}` }];
  });
  return [...derived, ...unfit];
}

/** Two rules of one kind on one metric would share an id, and one would hide the other. */
function repeated({ checks, harm }: Policy): Problem[] {
  return [...twice(checks, "checks"), ...twice(harm, "harm")];
}

function twice(rules: readonly { readonly kind: string; readonly metric?: string; readonly quantile?: unknown }[], list: string): Problem[] {
  const seen = new Set<string>();
  return rules.flatMap((rule, index) => {
    const key = JSON.stringify([rule.kind, rule.metric, rule.quantile]);
    if (seen.has(key)) return [{ pointer: `/${list}/${index}`, detail: `a second ${rule.kind} rule on ${rule.metric ?? "the same"}` }];
    seen.add(key);
    return [];
  });
}
