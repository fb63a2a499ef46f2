import type { RampCheck } from "../../policy/ramp-policy.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { rampCheckIdOf } from "./check-id.ts";
import type { Judged } from "./no-worse-check.ts";

/** A rate that must be 0: the first hit of the challenger's is enough, whatever else is known. */
export function neverCheck(rule: Extract<RampCheck, { kind: "never" }>, { arms }: Pick<Judged, "arms">): CheckResult {
  const champion = arms.champion.rate(rule.metric);
  const challenger = arms.challenger.rate(rule.metric);
  const base: CheckResult = {
    ...blankCheck({ id: rampCheckIdOf(rule), purpose: "harm", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: "share",
    allowed: { low: null, high: 0 },
    method: "counted",
    guarantee: "exact",
    says: `There is no ${rule.metric} of the challenger's yet.`,
    wouldChange: `outcomes with ${rule.metric} of the challenger's`,
  };
  if (challenger === null || challenger.n <= 0) return base;
  return {
    ...base,
    status: challenger.hits > 0 ? "fail" : "pass",
    champion: champion === null || champion.n <= 0 ? null : champion.hits / champion.n,
    challenger: challenger.hits / challenger.n,
    estimate: challenger.hits / challenger.n,
    says: `${challenger.hits} of ${challenger.n} of the challenger's had ${rule.metric}, which must never be.`,
    wouldChange: null,
  };
}
