import type { CheckResult } from "./decision.ts";

/** A check that could say nothing yet; each check fills in what it knows. */
export function blankCheck(about: Pick<CheckResult, "id" | "purpose" | "metric" | "n">): CheckResult {
  return {
    ...about,
    status: "unavailable",
    champion: null,
    challenger: null,
    estimate: null,
    unit: "plain",
    interval: null,
    allowed: { low: null, high: null },
    pValue: null,
    alpha: null,
    nNeeded: null,
    method: "none",
    guarantee: "point",
    reported: {},
    says: "There is nothing to compute this from.",
    wouldChange: "evidence",
  };
}
