import { toNumber } from "../../policy/rational.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { eloOfScore } from "../../statistics/sequential/elo.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import type { HeadToHead } from "../rating-view.ts";
import { configOf, points, type Judged } from "./judged.ts";
import { winRateBounds } from "./win-rate.ts";

/**
 * The difference of the two by the fit of all matches, also against others. The point must be what is asked for, and an
 * interval that lies below it fails; that it is no chance is the sequential test's business. Where one of the two was never
 * beaten the fit has no finite difference, and the exact bounds of their own games stand in for it.
 */
export function improvementCheck({ policy, view, alpha }: Judged, head: HeadToHead | null): CheckResult {
  const least = toNumber(policy.criteria.minEloImprovement);
  const { baseline, challenger, difference } = view;
  const n = { champion: baseline?.service?.games ?? 0, challenger: challenger.service?.games ?? 0 };
  const base: CheckResult = { ...blankCheck({ id: "elo-improvement", purpose: "promotion", metric: "elo", n }), unit: "elo", allowed: { low: least, high: null }, alpha };
  const against = baseline?.participant ?? "";
  if (difference === null) return { ...base, says: `There is no rating of both on ${configOf(view)}.`, wouldChange: "matches of both" };
  if (difference.kind === "incomparable") return bounded(base, { head, least, alpha, against });
  const half = -normalQuantile(alpha) * difference.standardError;
  const bounds = { low: difference.difference - half, high: difference.difference + half };
  const status = bounds.high < least ? "fail" : difference.difference >= least ? "pass" : "unproven";
  return {
    ...base,
    status,
    champion: baseline?.fitted?.elo ?? null,
    challenger: challenger.fitted?.elo ?? null,
    estimate: difference.difference,
    interval: { ...bounds, level: 1 - 2 * alpha },
    method: "fit of all matches by maximum likelihood (Bradley–Terry, Plackett–Luce), with its standard error",
    guarantee: "asymptotic",
    reported: { standardError: difference.standardError, superiority: difference.superiority },
    says: `By all matches on ${configOf(view)} it is ${points(difference.difference)} from ${against} (${points(bounds.low)} to ${points(bounds.high)}); ${points(least)} is asked for.`,
    wouldChange: status === "pass" ? null : status === "fail" ? "another challenger" : "more games",
  };
}

interface Bounded {
  readonly head: HeadToHead | null;
  readonly least: number;
  readonly alpha: number;
  readonly against: string;
}

function bounded(base: CheckResult, { head, least, alpha, against }: Bounded): CheckResult {
  const rates = head === null ? null : winRateBounds(head, alpha);
  if (rates === null) return { ...base, says: `No chain of games leads both ways between it and ${against}, so that nothing says by how much they differ.`, wouldChange: "games between the two, or with players that link them" };
  const [low, high] = [eloOfScore(rates.low), eloOfScore(rates.high)];
  const status = high !== null && high < least ? "fail" : low !== null && low >= least ? "pass" : "unproven";
  return {
    ...base,
    status,
    method: "exact bounds of the points per game between the two, as Elo",
    guarantee: "exact",
    reported: { low, high },
    says: `One of them was never beaten, so that the fit has no finite difference; their own games put it ${low === null ? "nowhere from below" : `at ${points(low)} or more`}${high === null ? "" : `, and at ${points(high)} or less`}. ${points(least)} is asked for.`,
    wouldChange: status === "pass" ? null : status === "fail" ? "another challenger" : "more games between the two",
  };
}
