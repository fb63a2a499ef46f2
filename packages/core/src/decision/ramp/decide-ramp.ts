import type { RampPolicy } from "../../policy/ramp-policy.ts";
import type { Decision, Verdict } from "../decision.ts";
import type { Observation } from "../observation.ts";
import { recordOf } from "../record.ts";
import { answerOperator } from "../operator.ts";
import { readProblem } from "../read-problem.ts";

export function decideRamp(policy: RampPolicy, observation: Observation): Decision {
  const ruling = answerOperator(observation) ?? readProblem(observation) ?? { verdict: "hold", reason: "min_duration" };
  return recordOf({ policy, observation, ruling, checks: [], compatLabels: COMPAT_LABELS });
}

const COMPAT_LABELS: Readonly<Record<Verdict, string>> = { advance: "increase", promote: "promote", hold: "wait", retain: "rollback", rollback: "rollback" };
