import type { RatingPolicy } from "../../policy/rating-policy.ts";
import type { Decision, Verdict } from "../decision.ts";
import type { Observation } from "../observation.ts";
import { answerOperator } from "../operator.ts";
import { recordOf } from "../record.ts";

/** The decision on what matches say. */
export function decideRating(policy: RatingPolicy, observation: Observation): Decision {
  const ruling = answerOperator(observation) ?? { verdict: "hold", reason: "evidence_unavailable" };
  return recordOf({ policy, observation, ruling, checks: [], compatLabels: COMPAT_LABELS });
}

/** The reference knows two answers. */
const COMPAT_LABELS: Readonly<Record<Verdict, string>> = { advance: "rejected", promote: "approved", hold: "rejected", retain: "rejected", rollback: "rejected" };
