import type { RatingPolicy } from "../../policy/rating-policy.ts";
import { rolloutAlpha } from "../../policy/rollout-alpha.ts";
import { toNumber } from "../../policy/rational.ts";
import type { CheckResult, Decision, Verdict } from "../decision.ts";
import type { Observation } from "../observation.ts";
import { answerOperator, type Ruling } from "../operator.ts";
import { recordOf } from "../record.ts";
import type { Judged } from "./judged.ts";
import { readingProblem } from "./reading-problem.ts";
import { ruleAsWritten, shownScores, wordsOf, writtenRules } from "./rule-as-written.ts";
import { ruleStrictly, strictCheckList, strictChecks } from "./rule-strict.ts";

/**
 * The order in which a promotion by matches is judged: a person's request, readings that are missing, and then the rules of
 * the mode. Nothing is split while it runs, so that there is no traffic to look at.
 */
export function decideRating(policy: RatingPolicy, observation: Observation): Decision {
  const { rollout, evidence, registry } = observation;
  const view = evidence.available ? (evidence.rating ?? null) : null;
  const judged: Judged | null = view === null ? null : { policy, rollout, view, registry, alpha: policy.mode === "strict" ? rolloutAlpha(policy, rollout) : toNumber(policy.alpha) };
  const found = judged === null ? NOTHING : MODES[policy.mode](judged, observation);
  const ruling = answerOperator(observation) ?? readingProblem(policy, observation) ?? found.rule();
  return recordOf({ policy, observation, ruling, checks: found.checks, compatLabels: { ...COMPAT_LABELS, [ruling.verdict]: found.words(ruling) } });
}

/** The reference knows two answers. */
const COMPAT_LABELS: Readonly<Record<Verdict, string>> = { advance: "rejected", promote: "approved", hold: "rejected", retain: "rejected", rollback: "rejected" };

interface Found {
  readonly checks: readonly CheckResult[];
  readonly rule: () => Ruling;
  /** In the reference's words; nobody reads those of strict mode. */
  readonly words: (ruling: Ruling) => string;
}

const NOTHING: Found = { checks: [], rule: () => ({ verdict: "hold", reason: "evidence_unavailable" }), words: ({ verdict }) => COMPAT_LABELS[verdict] };

const MODES: Readonly<Record<RatingPolicy["mode"], (judged: Judged, observation: Observation) => Found>> = {
  strict: (judged, observation) => {
    const checks = strictChecks(judged);
    return { checks: strictCheckList(checks), rule: () => ruleStrictly(judged, observation, checks), words: NOTHING.words };
  },
  compat: (judged, observation) => {
    const rules = writtenRules(judged);
    return { checks: [...rules.map(({ check }) => check), ...shownScores(judged)], rule: () => ruleAsWritten(judged, observation, rules), words: (ruling) => wordsOf(ruling, rules) };
  },
};
