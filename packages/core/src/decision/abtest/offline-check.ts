import type { CheckRule } from "../../policy/check-rule.ts";
import type { AbtestPolicy } from "../../policy/policy.ts";
import { toNumber, type Rational } from "../../policy/rational.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { CheckResult } from "../decision.ts";
import type { Observation } from "../observation.ts";
import { blankCheck } from "../blank-check.ts";
import { checkIdOf } from "./check-id.ts";
import { allowedBy, meetsBounds, meetsComparison, exactDecimal, sayAsked, sayChange } from "../comparison.ts";
import { formatFigure } from "../format.ts";
import type { Ruling } from "../operator.ts";

type Rule = Extract<CheckRule, { kind: "offline" }>;

/**
 * A score that the challenger's run brought from its training or its validation, as the registry has it now. It is a number
 * without an error, so that the point decides in every mode; a score that is not there never passes.
 */
export function offlineCheck(rule: Rule, rollout: Rollout, registry: Observation["registry"]): CheckResult {
  const { against } = rule;
  const allowed = against === null ? { low: numberOf(rule.atLeast), high: numberOf(rule.atMost) } : allowedBy(against);
  const base: CheckResult = {
    ...blankCheck({ id: checkIdOf(rule), purpose: "promotion", metric: rule.metric, n: { champion: 0, challenger: 0 } }),
    unit: against?.basis === "relative" ? "ratio" : "plain",
    sideUnit: "plain",
    allowed,
    method: "scores of the registry's runs, as they are",
  };
  const champion = scoreOf(rule, registry, rollout.champion.version);
  const challenger = scoreOf(rule, registry, rollout.challenger.version);
  if (challenger === null) return missing(base, "challenger", rollout.challenger.version);
  if (against === null) {
    const meets = meetsBounds(rule, exactDecimal(challenger));
    const limits = [...(allowed.low === null ? [] : [`at least ${formatFigure(allowed.low)}`]), ...(allowed.high === null ? [] : [`at most ${formatFigure(allowed.high)}`])].join(" and ");
    return { ...base, status: meets ? "pass" : "fail", champion, challenger, estimate: challenger, says: `The ${rule.metric} of the challenger's run is ${formatFigure(challenger)}; it must be ${limits}.`, wouldChange: meets ? null : "another challenger" };
  }
  if (champion === null) return { ...missing(base, "champion", rollout.champion.version), challenger };
  const known = { ...base, champion, challenger };
  if (against.basis === "relative" && champion === 0) return { ...known, says: `The ${rule.metric} of the champion's run is 0, so that no margin is a part of it.`, wouldChange: "a margin with basis: absolute" };
  const estimate = against.basis === "absolute" ? challenger - champion : 1 + (challenger - champion) / Math.abs(champion);
  const meets = meetsComparison(against, exactDecimal(champion), exactDecimal(challenger));
  return {
    ...known,
    status: meets ? "pass" : "fail",
    estimate,
    says: `The ${rule.metric} of the challenger's run is ${formatFigure(challenger)}, of the champion's ${formatFigure(champion)}: a change of ${sayChange(estimate, against, false)}, where ${sayAsked(against, false)}.`,
    wouldChange: meets ? null : "another challenger",
  };
}

/** A challenger whose score is too low needs no traffic to be refused. */
export function offlineLoss({ checks }: AbtestPolicy, promotion: readonly CheckResult[]): Ruling | null {
  return offlineResults(checks, promotion).some((check) => check.status === "fail") ? { verdict: "retain", reason: "worse" } : null;
}

export function offlineMissing({ checks }: AbtestPolicy, promotion: readonly CheckResult[]): Ruling | null {
  return offlineResults(checks, promotion).some((check) => check.status === "unavailable") ? { verdict: "hold", reason: "evidence_unavailable" } : null;
}

function offlineResults(rules: readonly CheckRule[], promotion: readonly CheckResult[]): readonly CheckResult[] {
  return promotion.filter((_, index) => rules[index]?.kind === "offline");
}

function scoreOf({ metric }: Rule, registry: Observation["registry"], version: string): number | null {
  const metrics = registry.available ? registry.versions.find((known) => known.version === version)?.metrics : undefined;
  const score = metrics !== undefined && Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  return score !== undefined && Number.isFinite(score) ? score : null;
}

function missing(base: CheckResult, slot: "champion" | "challenger", version: string): CheckResult {
  return {
    ...base,
    says: `The run of the ${slot}, version ${version}, has no finite ${base.metric}.`,
    wouldChange: `a ${base.metric} logged to the ${slot}'s run`,
  };
}

function numberOf(bound: Rational | null): number | null {
  return bound === null ? null : toNumber(bound);
}
