import type { Rate } from "../../evidence/statistic.ts";
import type { CheckRule } from "../../policy/check-rule.ts";
import { newcombe } from "../../statistics/newcombe.ts";
import { proportionRatio } from "../../statistics/proportion-ratio.ts";
import type { CheckResult } from "../decision.ts";
import { blankCheck } from "../blank-check.ts";
import { checkIdOf } from "./check-id.ts";
import { allowedBy, exactRate, meetsComparison, sayAsked, sayChange, statusOf } from "../comparison.ts";
import { formatPercent } from "../format.ts";
import { observationsNeeded, type Distance } from "./needed.ts";
import type { CheckContext } from "./check-context.ts";
import { rateDifferenceSequence, rateRatioSequence, type Bounds } from "../sequences.ts";

type Rule = Extract<CheckRule, { kind: "proportion" }>;

/** Is the challenger's rate as it must be against the champion's, of different requests? */
export function proportionCheck(rule: Rule, context: CheckContext): CheckResult {
  const champion = context.arms.champion.rate(rule.metric);
  const challenger = context.arms.challenger.rate(rule.metric);
  const base: CheckResult = {
    ...blankCheck({ id: checkIdOf(rule), purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: rule.basis === "relative" ? "ratio" : "share",
    sideUnit: "share",
    allowed: allowedBy(rule),
    alpha: context.alpha,
    says: `There is no outcome with ${rule.metric} of one of the versions yet.`,
    wouldChange: `outcomes with ${rule.metric} of both versions`,
  };
  if (champion === null || challenger === null || champion.n <= 0 || challenger.n <= 0) return base;
  const rates = { champion: champion.hits / champion.n, challenger: challenger.hits / challenger.n };
  if (rule.basis === "relative" && champion.hits === 0) {
    return { ...base, ...rates, says: `The champion's rate of ${rule.metric} is 0, so that no margin is a part of it.`, wouldChange: "a hit of the champion's, or a margin with basis: absolute" };
  }
  const known = { ...base, ...rates, estimate: rule.basis === "relative" ? rates.challenger / rates.champion : rates.challenger - rates.champion };
  if (!context.strict) {
    const meets = meetsComparison(rule, exactRate(champion), exactRate(challenger));
    return { ...known, status: meets ? "pass" : "fail", method: "rates compared as they are", says: sentence(rule, known), wouldChange: meets ? null : changeOf(rule) };
  }
  return { ...known, ...strictResult(rule, { champion, challenger, known }, context) };
}

interface Compared {
  readonly champion: Rate;
  readonly challenger: Rate;
  readonly known: CheckResult;
}

function strictResult(rule: Rule, compared: Compared, context: CheckContext): Partial<CheckResult> & Pick<CheckResult, "status"> {
  const { champion, challenger, known } = compared;
  const { watching, alpha } = context;
  // One-sided at alpha against each bound.
  const level = watching === null ? 1 - 2 * alpha : 1 - alpha;
  const bounds = boundsOf(rule, compared, context);
  const status = statusOf(known.allowed, bounds);
  // A bound that the data leave open is no number.
  const interval = bounds === null || bounds.high === Number.POSITIVE_INFINITY ? null : { low: bounds.low, high: bounds.high, level };
  return {
    status,
    interval,
    nNeeded: observationsNeeded(distancesOf(rule, compared), { alpha, watching, perChallenger: (champion.n + challenger.n) / challenger.n }),
    method: METHODS[watching === null ? "look" : "watching"][rule.basis],
    guarantee: watching === null ? "asymptotic" : "exact",
    says: sentence(rule, { ...known, interval }),
    wouldChange: status === "pass" ? null : status === "fail" ? changeOf(rule) : "more outcomes: the interval still reaches beyond what is allowed",
  };
}

const METHODS = {
  look: { relative: "ratio of the rates, from Wilson's bounds of both (Donner & Zou)", absolute: "Newcombe interval of the difference" },
  watching: { relative: "confidence sequences of both rates, anytime-valid", absolute: "confidence sequences of both rates, anytime-valid" },
} as const;

function boundsOf({ basis }: Rule, { champion, challenger }: Compared, { alpha, watching }: CheckContext): Bounds | null {
  if (watching !== null) return basis === "relative" ? rateRatioSequence(champion, challenger, watching) : rateDifferenceSequence(champion, challenger, watching);
  const [first, second] = [challenger, champion].map(({ hits, n }) => ({ hits, of: n })) as [{ hits: number; of: number }, { hits: number; of: number }];
  return basis === "relative" ? proportionRatio(first, second, 1 - 2 * alpha) : newcombe(first, second, 1 - 2 * alpha);
}

/** Of the contrast p₂ − r·p₁ with the bound's ratio, or of p₂ − p₁ from the bound. */
function distancesOf({ basis }: Rule, { champion, challenger, known }: Compared): readonly Distance[] {
  const first = known.champion as number;
  const second = known.challenger as number;
  const { low, high } = known.allowed;
  const at = (bound: number, sign: 1 | -1): Distance => {
    const ratio = basis === "relative" ? bound : 1;
    const distance = sign * (second - ratio * first - (basis === "relative" ? 0 : bound));
    return { distance, variance: second * (1 - second) + (ratio * ratio * first * (1 - first) * challenger.n) / champion.n };
  };
  return [...(low === null ? [] : [at(low, 1)]), ...(high === null ? [] : [at(high, -1)])];
}

function sentence(rule: Rule, { champion, challenger, estimate, interval }: Pick<CheckResult, "champion" | "challenger" | "estimate" | "interval">): string {
  const credible = interval === null ? "" : ` (${sayChange(interval.low, rule, true)} to ${sayChange(interval.high, rule, true)} at ${formatPercent(interval.level)} confidence)`;
  return `The rate of ${rule.metric} is ${formatPercent(challenger)}, the champion's ${formatPercent(champion)}: a change of ${sayChange(estimate as number, rule, true)}${credible}, where ${sayAsked(rule, true)}.`;
}

function changeOf({ better, ask }: Rule): string {
  return ask === "within" ? "a rate nearer to the champion's" : `a ${better} rate`;
}
