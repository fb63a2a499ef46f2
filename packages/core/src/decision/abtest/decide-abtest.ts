import type { AbtestPolicy } from "../../policy/policy.ts";
import type { Decision } from "../decision.ts";
import type { EvidenceView, Observation } from "../observation.ts";
import { readProblem } from "../read-problem.ts";
import { recordOf } from "../record.ts";
import { sampleRatioRuling } from "../sample-ratio-check.ts";
import { harmRuling } from "../harm-ruling.ts";
import { healthChecks, incomplete, untrustworthy } from "../health/health-checks.ts";
import { COMPAT_LABELS } from "./compat-labels.ts";
import { decideWatch } from "./decide-watch.ts";
import { harmChecks } from "./harm-checks.ts";
import { offlineLoss, offlineMissing } from "./offline-check.ts";
import { answerOperator } from "../operator.ts";
import { promotionChecks } from "./promotion-checks.ts";
import { ruleOnLook } from "./rule-on-look.ts";
import { validityChecks } from "./validity.ts";

/**
 * The order in which an A/B test is judged: a person's request, readings that are missing, scores that the challenger
 * brought with it, validity of the data, harm, and only then the look that is due. Each step may rule; the first that does
 * ends it. What can't be read or is not all there waits behind harm, which it must not hide.
 */
export function decideAbtest(policy: AbtestPolicy, observation: Observation): Decision {
  if (observation.rollout.stage !== undefined) return decideWatch(policy, observation);
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
