import type { RampPolicy } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import type { CheckResult } from "../decision.ts";
import type { EvidenceView, Observation } from "../observation.ts";
import { sampleRatioCheck } from "../sample-ratio-check.ts";

/**
 * The split is tested at every tick, by evidence that holds under any peeking. When the time of a stage is over it is judged
 * once more before anybody gets more traffic, by χ², which finds less, and may err oftener: it only makes a stage wait.
 */
export function splitCheck(policy: RampPolicy, { rollout, at }: Observation, { soFar, look }: EvidenceView): CheckResult {
  const watched = sampleRatioCheck(policy, rollout, soFar);
  const chiSquareP = watched.reported["chiSquareP"] ?? null;
  if (policy.mode === "compat" || watched.status === "fail" || at < look.dueAt || chiSquareP === null) return watched;
  const failed = chiSquareP < toNumber(policy.srmAlpha);
  return {
    ...watched,
    status: failed ? "fail" : "pass",
    pValue: chiSquareP,
    method: "χ² goodness of fit against the intended split, at the end of the stage",
    guarantee: "asymptotic",
    wouldChange: failed ? "find out which outcomes are lost or doubled; evidence from a split that was not realised can't be trusted" : null,
  };
}
