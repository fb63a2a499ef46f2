import { Failure } from "../failure/failure.ts";
import type { CheckRule, HarmRule } from "../policy/check-rule.ts";
import type { AbtestPolicy } from "../policy/policy.ts";

/** What a rule reads of a world: labelled answers, a rate, a distribution of values, or nothing that traffic brings. */
type Reads = { readonly kind: "answers" | "nothing" | "unknown" } | { readonly kind: "rate" | "values"; readonly metric: string };

/** Metrics of a kind that checks or harm rules read. */
export function metricsOf({ checks, harm }: AbtestPolicy, kind: "rate" | "values"): readonly string[] {
  return [...new Set([...checks, ...harm].map(readsOf).flatMap((reads) => (reads.kind === kind ? [reads.metric] : [])))];
}

/**
 * The policy as far as traffic can tell: checks of offline scores are settled before it and are left out.
 *
 * @throws Failure `invalid_input` for a rule whose evidence the simulation can't make.
 */
export function simulable(policy: AbtestPolicy): AbtestPolicy {
  const strange = [...policy.checks, ...policy.harm].find((rule) => readsOf(rule).kind === "unknown");
  if (strange !== undefined) {
    throw new Failure("invalid_input", `a policy of kind ${policy.kind} with a rule of kind ${strange.kind} can't be simulated yet`, { fix: "simulate the policy without it" });
  }
  const checks = policy.checks.filter((rule) => readsOf(rule).kind !== "nothing");
  return checks.length === policy.checks.length ? policy : { ...policy, checks };
}

function readsOf(rule: CheckRule | HarmRule): Reads {
  switch (rule.kind) {
    case "superiority":
    case "band":
    case "recall":
      return { kind: "answers" };
    case "rate":
    case "proportion":
      return { kind: "rate", metric: rule.metric };
    case "quantile":
      return { kind: "values", metric: rule.metric };
    case "bound":
      return rule.figure.kind === "mean" ? { kind: "unknown" } : { kind: rule.figure.kind === "rate" ? "rate" : "values", metric: rule.metric };
    case "offline":
      return { kind: "nothing" };
    default:
      return { kind: "unknown" };
  }
}
