import type { AbtestPolicy } from "../../policy/policy.ts";
import type { CheckResult, Decision, Verdict } from "../decision.ts";
import type { EvidenceView, Observation } from "../observation.ts";
import { readProblem } from "../read-problem.ts";
import { recordOf } from "../record.ts";
import { sampleRatioRuling } from "../sample-ratio-check.ts";
import { healthChecks, incomplete, untrustworthy } from "../health/health-checks.ts";
import { harmChecks } from "./harm-checks.ts";
import { offlineLoss, offlineMissing } from "./offline-check.ts";
import { answerOperator, type Ruling } from "../operator.ts";
import { promotionChecks } from "./promotion-checks.ts";
import { ruleOnLook } from "./rule-on-look.ts";
import { validityChecks } from "./validity.ts";

/**
 * The order in which an A/B test is judged: a person's request, readings that are missing, scores that the challenger
 * brought with it, validity of the data, harm, and only then the look that is due. Each step may rule; the first that does
 * ends it. What can't be read or is not all there waits behind harm, which it must not hide.
 */
export function decideAbtest(policy: AbtestPolicy, observation: Observation): Decision {
  const evidence = observation.evidence.available ? observation.evidence : null;
  const validity = evidence === null ? [] : validityChecks(policy, observation.rollout, evidence);
  const health = evidence === null || policy.health === undefined ? [] : healthChecks(policy.health, observation, evidence);
  const harm = evidence === null ? [] : harmChecks(policy, observation.rollout, evidence);
  const promotion = evidence === null ? [] : promotionChecks(policy, observation, evidence.look);
  const ruling =
    answerOperator(observation) ??
    readProblem(observation) ??
    offlineLoss(policy, promotion) ??
    sampleRatioRuling(validity) ??
    untrustworthy(health) ??
    harmRuling(harm) ??
    offlineMissing(policy, promotion) ??
    incomplete(health) ??
    ruleOnLook({ policy, observation, look: (evidence as EvidenceView).look, promotion, validity });
  return recordOf({ policy, observation, ruling, checks: [...validity, ...health, ...harm, ...promotion], compatLabels: COMPAT_LABELS });
}

function harmRuling(checks: readonly CheckResult[]): Ruling | null {
  const harmed = checks.filter((check) => check.status === "fail");
  return harmed.length === 0 ? null : { verdict: "rollback", reason: "harm" };
}

/** Document 003 knows only winning and losing; a test that goes on has no name there. */
const COMPAT_LABELS: Readonly<Record<Verdict, string>> = {
  advance: "CONTINUE",
  promote: "PROMOTED",
  hold: "CONTINUE",
  retain: "RETAINED",
  rollback: "ROLLED_BACK",
};
