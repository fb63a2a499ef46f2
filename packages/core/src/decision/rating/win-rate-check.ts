import { toNumber } from "../../policy/rational.ts";
import { scoreOf } from "../../rating/head-to-head/head-test.ts";
import { blankCheck } from "../blank-check.ts";
import { statusOf } from "../comparison.ts";
import type { CheckResult } from "../decision.ts";
import { formatPercent } from "../format.ts";
import type { HeadToHead } from "../rating-view.ts";
import type { Judged } from "./judged.ts";
import { winRateBounds } from "./win-rate.ts";

/** Points per game against the baseline, by their exact lower bound. Looked at when the test of the difference has passed, which holds the error of many looks. */
export function winRateCheck({ policy, view, alpha }: Judged, head: HeadToHead): CheckResult {
  const least = toNumber(policy.criteria.minWinRate);
  const bounds = winRateBounds(head, alpha);
  const score = scoreOf(head);
  const allowed = { low: least, high: null };
  const base: CheckResult = {
    ...blankCheck({ id: "win-rate", purpose: "promotion", metric: "win_rate", n: { champion: head.games, challenger: head.games } }),
    unit: "share",
    allowed,
    alpha,
    method: "exact bounds of the points per game: Clopper–Pearson, or Hoeffding where games are drawn or paired",
    guarantee: "exact",
  };
  if (bounds === null || score === null) return { ...base, status: "unproven", says: `They have not met, so there is no win rate.`, wouldChange: "games between the two" };
  const status = statusOf(allowed, bounds);
  return {
    ...base,
    status,
    challenger: score,
    champion: 1 - score,
    estimate: score,
    interval: { ...bounds, level: 1 - 2 * alpha },
    says: `Against ${view.baseline?.participant ?? ""} it made ${formatPercent(score)} of the points, surely at least ${formatPercent(bounds.low)}; ${formatPercent(least)} is asked for.`,
    wouldChange: status === "pass" ? null : status === "fail" ? "another challenger" : "more games between the two",
  };
}
