import { toNumber } from "../../policy/rational.ts";
import type { RatingPolicy } from "../../policy/rating-policy.ts";
import { headTest, watchedTest, type HeadRule, type HeadTest } from "../../rating/head-to-head/head-test.ts";
import { eloOfScore } from "../../statistics/sequential/elo.ts";
import { sprtEstimate } from "../../statistics/sequential/sprt-estimate.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { formatNumber } from "../format.ts";
import type { HeadToHead } from "../rating-view.ts";
import { points, type Judged } from "./judged.ts";

/** The hypotheses of a promotion: no more than what is asked for, against so much more. */
export function promotionRule({ criteria, sprt }: Pick<RatingPolicy, "criteria" | "sprt">, alpha: number): HeadRule {
  const elo0 = toNumber(criteria.minEloImprovement);
  return { elo0, elo1: elo0 + toNumber(sprt.width), scale: sprt.scale, alpha, beta: toNumber(sprt.beta) };
}

/**
 * Whether the challenger is better than the baseline by more than is asked for, tested on their games against each other. It
 * holds under a look at every tick: the chance that a challenger which is not ever passes is at most alpha, asymptotically.
 */
export function sprtCheck({ policy, view, alpha }: Judged, head: HeadToHead): CheckResult {
  const rule = promotionRule(policy, alpha);
  const test = headTest(head, rule, head.overshoot);
  const base = sprtBase("elo-sprt", "promotion", { head, test, rule });
  const against = view.baseline?.participant ?? "";
  if (test === null) return { ...base, status: "unproven", says: `Every game against ${against} was drawn, which tells them apart in no way.`, wouldChange: "games with a winner" };
  const estimate = estimateOf(head, rule, test);
  const bar = `more than ${points(rule.elo0)}`;
  const says = {
    pass: `Against ${against} it is better by ${bar}: the log-likelihood ratio is ${formatNumber(test.llr)}, and passed at ${formatNumber(test.upper)}.`,
    fail: `Against ${against} it is not better by ${bar}: the log-likelihood ratio is ${formatNumber(test.llr)}, and failed at ${formatNumber(test.lower)}.`,
    continue: `Whether it is better than ${against} by ${bar} is open: the log-likelihood ratio is ${formatNumber(test.llr)}, between ${formatNumber(test.lower)} and ${formatNumber(test.upper)}.`,
  };
  return { ...base, ...estimate, status: test.status === "continue" ? "unproven" : test.status, says: says[test.status], wouldChange: test.status === "pass" ? null : test.status === "fail" ? "another challenger" : "more games between the two" };
}

/** The other side of it: a challenger that is surely weaker than the baseline by so much that nobody should wait for more. */
export function harmCheck({ policy, view }: Judged, head: HeadToHead, harm: NonNullable<RatingPolicy["harm"]>): CheckResult {
  const { scale, beta } = policy.sprt;
  // Seen from the baseline, which is then the better one. Wald's bounds as they are: for harm the careful choice.
  const rule: HeadRule = { elo0: 0, elo1: toNumber(harm.elo), scale, alpha: toNumber(harm.alpha), beta: toNumber(beta) };
  const test = headTest(turned(head), rule, null);
  const base = sprtBase("elo-harm", "harm", { head, test, rule });
  const harmed = test?.status === "pass";
  const against = view.baseline?.participant ?? "";
  return {
    ...base,
    estimate: test === null ? null : eloOfScore(1 - test.score),
    allowed: { low: -rule.elo1, high: null },
    status: harmed ? "fail" : "pass",
    says: harmed ? `It is weaker than ${against} by about ${points(-rule.elo1)} or more: the log-likelihood ratio is ${formatNumber(test.llr)}, and passed at ${formatNumber(test.upper)}.` : `Nothing shows that it is much weaker than ${against}.`,
    wouldChange: harmed ? "another challenger" : null,
  };
}

function sprtBase(id: string, purpose: CheckResult["purpose"], { head, test, rule }: { readonly head: HeadToHead; readonly test: HeadTest | null; readonly rule: HeadRule }): CheckResult {
  const pairs = head.pairs.reduce((sum, count) => sum + count, 0);
  const singles = head.singles.wins + head.singles.draws + head.singles.losses;
  const units = [...(pairs > 0 ? ["pairs of games (pentanomial)"] : []), ...(singles > 0 ? ["single games (trinomial)"] : [])].join(" and ");
  return {
    ...blankCheck({ id, purpose, metric: "elo", n: { champion: head.games, challenger: head.games } }),
    unit: "elo",
    allowed: { low: rule.elo0, high: null },
    alpha: rule.alpha,
    method: `GSPRT of ${rule.elo0} against ${rule.elo1} ${rule.scale} Elo on ${units === "" ? "games" : units}`,
    guarantee: "asymptotic",
    reported: { llr: test?.llr ?? null, lower: test?.lower ?? null, upper: test?.upper ?? null, pairs, singles },
  };
}

/** Of a test that is over: without the bias of one that stopped because it was high. Of one that goes on, the point. */
function estimateOf(head: HeadToHead, rule: HeadRule, test: HeadTest): Pick<CheckResult, "estimate" | "interval"> {
  const watched = test.status === "continue" ? null : watchedTest(head, rule, test.llr);
  if (watched === null) return { estimate: eloOfScore(test.score), interval: null };
  const { value, low, high, level } = sprtEstimate(watched, 1 - 2 * rule.alpha);
  return { estimate: value, interval: { low, high, level } };
}

function turned({ singles, pairs, ...head }: HeadToHead): HeadToHead {
  return { ...head, singles: { wins: singles.losses, draws: singles.draws, losses: singles.wins }, pairs: [pairs[4], pairs[3], pairs[2], pairs[1], pairs[0]] };
}
