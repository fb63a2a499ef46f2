import { rolloutAlpha } from "../../policy/rollout-alpha.ts";
import type { AbtestPolicy } from "../../policy/policy.ts";
import { toNumber } from "../../policy/rational.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { rateSequence } from "../../statistics/sequential/rate-sequence.ts";
import { armsOf, liveOf } from "../arms.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult, Decision } from "../decision.ts";
import { formatPercent } from "../format.ts";
import { harmRuling } from "../harm-ruling.ts";
import { healthChecks, incomplete, untrustworthy } from "../health/health-checks.ts";
import type { EvidenceView, Observation } from "../observation.ts";
import { answerOperator } from "../operator.ts";
import { capCheck } from "../ramp/cap-check.ts";
import { stageCheck, type StageCheck } from "../ramp/stage-check.ts";
import { readProblem } from "../read-problem.ts";
import { recordOf } from "../record.ts";
import { ruleOnWatch } from "../rule-on-watch.ts";
import { sampleRatioRuling } from "../sample-ratio-check.ts";
import { boundCheck } from "./bound-check.ts";
import { COMPAT_LABELS } from "./compat-labels.ts";
import { driftCheck } from "./drift-check.ts";
import { harmChecks } from "./harm-checks.ts";
import type { CheckContext } from "./check-context.ts";

/**
 * The order in which the watch after an A/B test is judged: a person's request, readings that are missing, who serves, harm
 * against what the champion was in the test, and at its end the limits that the challenger has by itself.
 */
export function decideWatch(policy: AbtestPolicy, observation: Observation): Decision {
  const { rollout } = observation;
  const evidence = observation.evidence.available ? observation.evidence : null;
  const validity = evidence === null ? [] : [strayCheck(policy, rollout, evidence)];
  const health = evidence === null || policy.health === undefined ? [] : healthChecks(policy.health, observation, evidence);
  const harm = evidence === null ? [] : harmChecks(policy, rollout, evidence);
  const limits = evidence === null ? [] : limitChecks(policy, rollout, evidence);
  const ruling =
    answerOperator(observation) ??
    readProblem(observation) ??
    sampleRatioRuling(validity) ??
    untrustworthy(health) ??
    harmRuling(harm) ??
    incomplete(health) ??
    ruleOnWatch({ observation, look: (evidence as EvidenceView).look, minSamples: policy.minSamples, checks: limits });
  return recordOf({ policy, observation, ruling, checks: [...validity, ...health, ...harm, ...limits.map(({ check }) => check)], compatLabels: COMPAT_LABELS });
}

/** Requests on their way while traffic moved, and a proxy that learns of it late, may still meet the champion. */
const STRAY_MAX = 0.01;

/** Outcomes of the champion in the split that gives it nothing: a target that says one thing and does another. */
function strayCheck({ srmAlpha, minSamples }: AbtestPolicy, { champion, challenger }: Rollout, { soFar }: EvidenceView): CheckResult {
  const [stray, live] = [liveOf(soFar, champion.version), liveOf(soFar, challenger.version)];
  const total = stray + live;
  const alpha = toNumber(srmAlpha);
  const failed = stray > 0 && rateSequence({ hits: stray, of: total }, { alpha, tunedAt: minSamples }).low > STRAY_MAX;
  return {
    ...blankCheck({ id: "sample-ratio", purpose: "validity", metric: "scored", n: { champion: stray, challenger: live } }),
    status: failed ? "fail" : "pass",
    estimate: total === 0 ? null : live / total,
    unit: "share",
    alpha,
    allowed: { low: 1 - STRAY_MAX, high: null },
    method: "confidence sequence of the share that the champion still serves",
    guarantee: "exact",
    says: total === 0 ? "There are no outcomes since all traffic moved." : `The challenger got ${formatPercent(live / total)} of the live outcomes since all traffic moved.`,
    wouldChange: failed ? "a target that gives the challenger all traffic, as it says it does" : null,
  };
}

/** Of the checks, those that need nobody beside the challenger; scores and the like lie where the champion's lay in the test. */
function limitChecks(policy: AbtestPolicy, rollout: Rollout, { look }: EvidenceView): readonly StageCheck[] {
  const alpha = rolloutAlpha(policy, rollout);
  // Whoever waits for data looks again and again.
  const context: CheckContext = { strict: true, arms: armsOf(rollout, look.evidence), alpha, watching: { alpha, tunedAt: policy.minSamples } };
  return policy.checks.flatMap((rule) => {
    switch (rule.kind) {
      case "quantile":
        return [capCheck({ ...rule, kind: "cap" }, { strict: true, arms: context.arms })];
      case "bound":
        return [stageCheck(boundCheck(rule, context))];
      case "drift":
        return [stageCheck(driftCheck(rule, context))];
      case "superiority":
      case "band":
      case "rate":
      case "proportion":
      case "mean":
      case "offline":
        return [];
    }
  });
}
