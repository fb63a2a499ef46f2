import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber, type Rational } from "../../policy/rational.ts";
import { fisherExact } from "../../statistics/fisher.ts";
import { newcombe } from "../../statistics/newcombe.ts";
import type { Rate } from "../../evidence/statistic.ts";
import type { CheckResult } from "../decision.ts";
import { blankCheck } from "../blank-check.ts";
import { formatP, formatPercent } from "../format.ts";
import { observationsNeeded } from "./needed.ts";
import type { CheckContext } from "./check-context.ts";
import { rateDifferenceSequence } from "../sequences.ts";

type Rule = Extract<CheckRule, { kind: "rate" }>;

/**
 * A rate for which lower is better, such as errors. With a margin, strict mode proves non-inferiority; with a margin
 * of zero that can't be proven by any amount of data, so the point decides and harm must be significant to count.
 */
export function rateCheck(rule: Rule, context: CheckContext): CheckResult {
  const champion = context.arms.champion.rate(rule.metric);
  const challenger = context.arms.challenger.rate(rule.metric);
  const base: CheckResult = {
    ...blankCheck({ id: `${rule.metric}-rate`, purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: "share",
    allowed: { low: null, high: toNumber(rule.increaseMax) },
    alpha: context.alpha,
  };
  if (champion === null || challenger === null || champion.n === 0 || challenger.n === 0) return base;
  const within = !risesBeyond(champion, challenger, rule.increaseMax);
  const harm = worseP(champion, challenger);
  const { watching } = context;
  const level = watching === null ? 1 - 2 * context.alpha : 1 - context.alpha;
  const fixed = newcombe(asHits(challenger), asHits(champion), level);
  const compared = watching === null ? fixed : { ...fixed, ...rateDifferenceSequence(champion, challenger, watching) };
  const known = {
    ...base,
    champion: champion.hits / champion.n,
    challenger: challenger.hits / challenger.n,
    estimate: compared.difference,
    interval: { low: compared.low, high: compared.high, level },
    pValue: harm,
    nNeeded: context.strict ? neededFor(rule, { champion, challenger }, context) : null,
    says: `The rate of ${rule.metric} is ${formatPercent(challenger.hits / challenger.n)}; the champion's is ${formatPercent(champion.hits / champion.n)} (worse by chance: ${formatP(harm)}).`,
  };
  if (!context.strict) return { ...known, status: within ? "pass" : "fail", method: "compared as it is", wouldChange: within ? null : "fewer errors" };
  const margin = rule.increaseMax.parts > 0;
  const proven = within && (!margin || compared.high <= toNumber(rule.increaseMax));
  return { ...known, ...strictResult({ proven, refuted: !within && (watching === null ? harm < context.alpha : compared.low > 0), margin, watching: watching !== null }) };
}

function strictResult(found: { readonly proven: boolean; readonly refuted: boolean; readonly margin: boolean; readonly watching: boolean }): Pick<CheckResult, "status" | "method" | "guarantee" | "wouldChange"> {
  return {
    status: found.proven ? "pass" : found.refuted ? "fail" : "unproven",
    method: METHODS[found.watching ? "watching" : "look"][found.margin ? "margin" : "point"],
    guarantee: found.margin ? (found.watching ? "exact" : "asymptotic") : "point",
    wouldChange: found.proven ? null : found.refuted ? "fewer errors" : "more outcomes",
  };
}

/** Against a margin of 0 no number of outcomes shows anything. */
function neededFor({ increaseMax }: Rule, { champion, challenger }: { readonly champion: Rate; readonly challenger: Rate }, { alpha, watching }: CheckContext): number | null {
  if (increaseMax.parts === 0) return null;
  const [first, second] = [champion.hits / champion.n, challenger.hits / challenger.n];
  const variance = second * (1 - second) + (first * (1 - first) * challenger.n) / champion.n;
  return observationsNeeded([{ distance: toNumber(increaseMax) - (second - first), variance }], { alpha, watching, perChallenger: (champion.n + challenger.n) / challenger.n });
}

const METHODS = {
  look: { margin: "Newcombe interval of the difference", point: "compared as it is; Fisher exact, one-sided, for harm" },
  watching: { margin: "confidence sequences of both rates, anytime-valid", point: "compared as it is; confidence sequences of both rates, for harm" },
} as const;

/** One-sided exact p that the challenger is worse. */
export function worseP(champion: Rate, challenger: Rate): number {
  return fisherExact({ a: challenger.hits, b: challenger.n - challenger.hits, c: champion.hits, d: champion.n - champion.hits }).greater;
}

/** Is challenger − champion > margin? On integers. */
export function risesBeyond(champion: Rate, challenger: Rate, margin: Rational): boolean {
  const difference = BigInt(challenger.hits) * BigInt(champion.n) - BigInt(champion.hits) * BigInt(challenger.n);
  return difference * BigInt(margin.of) > BigInt(margin.parts) * BigInt(champion.n) * BigInt(challenger.n);
}

function asHits(rate: Rate): { readonly hits: number; readonly of: number } {
  return { hits: rate.hits, of: rate.n };
}
