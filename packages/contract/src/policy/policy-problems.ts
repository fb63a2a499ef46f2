import { checkIdOf, DERIVED_METRICS, type AbtestPolicy, type CheckRule, type HarmRule, type MetricKind, type Problem } from "@gauntlet/core";

/** What the shape of a policy can't say: how its parts must fit each other. */
export function policyProblems(policy: AbtestPolicy): readonly Problem[] {
  return [...splitProblems(policy), ...timeProblems(policy), ...watchProblems(policy), ...metricProblems(policy), ...boundProblems(policy), ...repeated(policy)];
}

function splitProblems({ split }: AbtestPolicy): Problem[] {
  const problems: Problem[] = [];
  const sum = split.champion + split.challenger;
  if (sum !== 10_000) problems.push({ pointer: "/split", detail: `the shares sum to ${sum / 100} %, not to 100 %` });
  for (const slot of ["champion", "challenger"] as const) {
    if (split[slot] === 0) problems.push({ pointer: `/split/${slot}`, detail: "needs a share above 0 %; without live traffic nothing can be said about it" });
  }
  return problems;
}

function timeProblems({ window, bucketMs, monitoring, mode }: AbtestPolicy): Problem[] {
  const problems: Problem[] = [];
  if (monitoring === "continuous" && mode === "compat") problems.push({ pointer: "/monitoring", detail: "compat mode has only the fixed-sample tests of its document, which can't be watched all the time; use mode: strict" });
  if (window.maxMs < window.minMs) problems.push({ pointer: "/window/max", detail: "is shorter than window.min" });
  if (bucketMs < 1000) problems.push({ pointer: "/bucket", detail: "is shorter than a second" });
  if (bucketMs > window.minMs) problems.push({ pointer: "/bucket", detail: "is longer than window.min, so no complete bucket would ever be in a look" });
  return problems;
}

/** The document that compat mode follows promotes at once. */
function watchProblems({ watchMs, bucketMs, mode, effects, harm, checks }: AbtestPolicy): Problem[] {
  if (watchMs === undefined) return [];
  const problems: Problem[] = [];
  if (mode === "compat") problems.push({ pointer: "/watch", detail: "compat mode promotes at once, as its document does; use mode: strict" });
  if (watchMs === 0) problems.push({ pointer: "/watch", detail: "is no time; leave it out, or write 72h" });
  else if (bucketMs > watchMs) problems.push({ pointer: "/watch", detail: "is shorter than a bucket, so that nothing of it might ever be judged" });
  if (!effects.includes("traffic")) problems.push({ pointer: "/effects", detail: "a watch is over who has all traffic: name traffic among them, or leave watch out" });
  const seesHarm = harm.some(({ kind }) => kind !== "recall") || checks.some(({ kind }) => kind === "quantile" || kind === "bound" || kind === "drift");
  if (!seesHarm) problems.push({ pointer: "/watch", detail: "would see nothing: recall has no pairs then. Add a harm rule on a rate or a quantile, or a check of a quantile, a bound or a drift" });
  return problems;
}

function metricProblems({ checks, harm, metrics }: AbtestPolicy): Problem[] {
  const rules = [...checks.map((rule, index) => ({ rule, pointer: `/checks/${index}/metric` })), ...harm.map((rule, index) => ({ rule, pointer: `/harm/${index}/metric` }))];
  const derived = Object.keys(metrics)
    .filter((metric) => metric in DERIVED_METRICS)
    .map((metric) => ({ pointer: `/metrics/${metric}`, detail: `"${metric}" is counted by Gauntlet itself; give the metric another name` }));
  const unfit = rules.flatMap(({ rule, pointer }) => {
    const wanted = wantedKind(rule);
    if (wanted === null) return [];
    const declared = metrics[wanted.metric];
    if (declared === undefined) return [{ pointer, detail: `metric "${wanted.metric}" is not declared under metrics; declared: ${Object.keys(metrics).join(", ")}` }];
    return declared === wanted.kind ? [] : [{ pointer, detail: `a ${wanted.check} check needs "${wanted.metric}" to be a ${wanted.kind}; it is declared as ${typeof declared === "string" ? declared : declared.kind}` }];
  });
  return [...derived, ...unfit];
}

/** How a rule needs its metric to be folded; null when it reads none that a policy declares. */
function wantedKind(rule: CheckRule | HarmRule): { readonly metric: string; readonly kind: MetricKind; readonly check: string } | null {
  switch (rule.kind) {
    case "superiority":
    case "band":
    case "recall":
    case "offline":
      return null;
    case "rate":
    case "proportion":
      return { metric: rule.metric, kind: "rate", check: "rate" };
    case "mean":
      return { metric: rule.metric, kind: "moments", check: "mean" };
    case "quantile":
    case "drift":
      return { metric: rule.metric, kind: "histogram", check: rule.kind };
    case "bound":
      return { metric: rule.metric, kind: BOUND_KINDS[rule.figure.kind], check: rule.figure.kind === "quantile" ? "bound" : "bound without a quantile" };
  }
}

const BOUND_KINDS = { rate: "rate", mean: "moments", quantile: "histogram" } as const;

/** A rate is a share of 1, so that "at most 5" is a slip for "5%". */
function boundProblems({ checks }: AbtestPolicy): Problem[] {
  return checks.flatMap((rule, index) => {
    if (rule.kind !== "bound" || rule.figure.kind !== "rate") return [];
    return (["atLeast", "atMost"] as const).flatMap((side) => {
      const bound = rule[side];
      return bound === null || (bound.parts >= 0 && bound.parts <= bound.of) ? [] : [{ pointer: `/checks/${index}/${side}`, detail: "is no share of 1; write 5% or 0.05" }];
    });
  });
}

/** Two rules of one id would hide one another. */
function repeated({ checks, harm }: AbtestPolicy): Problem[] {
  return [...twice(checks.map((rule) => ({ rule, id: checkIdOf(rule) })), "checks"), ...twice(harm.map((rule) => ({ rule, id: JSON.stringify([rule.kind, "metric" in rule ? rule.metric : null, "quantile" in rule ? rule.quantile : null]) })), "harm")];
}

function twice(rules: readonly { readonly rule: { readonly kind: string; readonly metric?: string }; readonly id: string }[], list: string): Problem[] {
  const seen = new Set<string>();
  return rules.flatMap(({ rule, id }, index) => {
    if (seen.has(id)) return [{ pointer: `/${list}/${index}`, detail: `a second ${rule.kind === "proportion" ? "rate" : rule.kind} rule on ${rule.metric ?? "the same"}` }];
    seen.add(id);
    return [];
  });
}
