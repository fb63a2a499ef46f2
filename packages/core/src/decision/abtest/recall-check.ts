import type { Confusion, Paired } from "../../evidence/statistic.ts";
import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber } from "../../policy/rational.ts";
import { fisherExact } from "../../statistics/fisher.ts";
import { mcnemar } from "../../statistics/mcnemar.ts";
import { pairsNeeded } from "../../statistics/mcnemar-sample-size.ts";
import { newcombe } from "../../statistics/newcombe.ts";
import { pairedRecallRatio, type PairedRecall } from "../../statistics/paired-ratio.ts";
import { recallDifferenceEvidence, recallRatioEvidence } from "../../statistics/sequential/recall-evidence.ts";
import type { CheckResult } from "../decision.ts";
import { blankCheck } from "../blank-check.ts";
import { formatNumber, formatP, formatPercent, formatPoints } from "../format.ts";
import { observationsNeeded } from "./needed.ts";
import type { CheckContext } from "./check-context.ts";
import { rateDifferenceSequence, recallDifferenceSequence, recallRatioSequence, type Bounds, type Watching } from "../sequences.ts";

type Rule = Extract<CheckRule, { kind: "superiority" }>;

/**
 * Does the challenger find enough more of the positives? On pairs (both versions answered the same request) by
 * McNemar; on disjoint requests by an unpaired comparison, which is never called McNemar.
 */
export function recallCheck(rule: Rule, context: CheckContext): CheckResult {
  const { arms } = context;
  if (arms.paired !== null) return pairedCheck(rule, context, arms.paired);
  return unpairedCheck(rule, context);
}

function pairedCheck(rule: Rule, context: CheckContext, paired: Paired): CheckResult {
  const recall = pairedRecallRatio(paired.cells);
  const { positives, championHits, challengerHits, onlyChallenger, onlyChampion } = recall;
  const base = blank(rule, context, { champion: positives, challenger: positives });
  if (positives === 0 || championHits === 0) return { ...base, says: "No labelled positive was found by the champion yet, so there is nothing to compare with." };
  const test = mcnemar(onlyChallenger, onlyChampion);
  const judged = context.watching === null ? byLook(rule, context, recall) : byWatching(rule, context.watching, paired);
  const { interval } = judged;
  const meets = meetsPoint(rule, { hits: championHits, of: positives }, { hits: challengerHits, of: positives });
  const threshold = base.allowed.low as number;
  const significant = judged.p < context.alpha && onlyChallenger > onlyChampion;
  const proven = meets && significant && (!context.strict || (interval !== null && interval.low >= threshold));
  const refuted = context.strict ? interval !== null && interval.high < threshold : !meets;
  return {
    ...base,
    status: proven ? "pass" : refuted ? "fail" : "unproven",
    champion: championHits / positives,
    challenger: challengerHits / positives,
    estimate: rule.basis === "relative" ? recall.ratio : (onlyChallenger - onlyChampion) / positives,
    interval: interval === null ? null : { ...interval, level: 1 - context.alpha },
    pValue: judged.p,
    method: judged.method,
    guarantee: judged.guarantee,
    nNeeded: pairsNeeded({ discordantUp: onlyChallenger / positives, discordantDown: onlyChampion / positives, alpha: context.alpha, power: 0.8 }),
    reported: {
      onlyChallenger,
      onlyChampion,
      ...fixedBeside(rule, context, recall),
      mcnemarP: test.exact,
      midP: test.midP,
      chiSquare: test.chiSquare,
      chiSquareP: test.chiSquareP,
      correctedP: test.correctedP,
      relative: recall.ratio === null ? null : recall.ratio - 1,
      absolute: (onlyChallenger - onlyChampion) / positives,
    },
    says: pairedSentence(rule, { recall, interval, level: 1 - context.alpha, p: judged.p }),
    wouldChange: proven ? null : changeOf(rule, meets, significant),
  };
}

interface Judged {
  readonly interval: Bounds | null;
  readonly p: number;
  readonly method: string;
  readonly guarantee: CheckResult["guarantee"];
}

/** At a look that was fixed in advance: McNemar's exact test, and in strict mode the interval against the margin too. */
function byLook(rule: Rule, context: CheckContext, recall: PairedRecall): Judged {
  return {
    interval: pairedInterval(rule, recall, 1 - context.alpha),
    p: mcnemar(recall.onlyChallenger, recall.onlyChampion).exact,
    method: context.strict ? "McNemar exact, two-sided, and the interval of the paired difference" : "McNemar exact, two-sided",
    guarantee: context.strict ? "asymptotic" : "exact",
  };
}

/** Watched all the time: evidence against "the gain is not more than was asked for", valid under any peeking. */
function byWatching(rule: Rule, watching: Watching, { cells }: Paired): Judged {
  const margin = toNumber(rule.improveBy);
  const relative = rule.basis === "relative";
  return {
    interval: relative ? recallRatioSequence(cells, watching) : recallDifferenceSequence(cells, watching),
    // Half of alpha, as the interval has it on either side, so that both say the same.
    p: Math.min(1, 2 * (relative ? recallRatioEvidence(cells, 1 + margin) : recallDifferenceEvidence(cells, margin)).p),
    method: "paired bets on the gain (e-process), anytime-valid",
    guarantee: "exact",
  };
}

/** The interval of one fixed look, shown beside one that holds at all of them, so that people see why they differ. */
function fixedBeside(rule: Rule, context: CheckContext, recall: PairedRecall): Readonly<Record<string, number>> {
  const fixed = context.watching === null ? null : pairedInterval(rule, recall, 1 - context.alpha);
  return fixed === null ? {} : { fixedLow: fixed.low, fixedHigh: fixed.high };
}

interface PairedFindings {
  readonly recall: PairedRecall;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly level: number;
  readonly p: number;
}

function pairedSentence(rule: Rule, { recall, interval, level, p }: PairedFindings): string {
  const { positives, championHits, challengerHits, onlyChallenger, onlyChampion } = recall;
  const relative = rule.basis === "relative";
  const gainOf = (value: number) => (relative ? formatPercent(value - 1) : formatPoints(value));
  const gain = relative ? (recall.ratio ?? 1) : (onlyChallenger - onlyChampion) / positives;
  const credible = interval === null ? "" : ` (${gainOf(interval.low)} to ${gainOf(interval.high)} at ${formatPercent(level)} confidence)`;
  const asked = relative ? formatPercent(toNumber(rule.improveBy)) : formatPoints(toNumber(rule.improveBy));
  return (
    `Of ${positives} positives that both answered, the challenger found ${challengerHits} and the champion ${championHits}: a gain of ${gainOf(gain)}${credible}, where ${asked} is asked for; ` +
    `${onlyChallenger} only the challenger found, ${onlyChampion} only the champion, ${formatP(p)}.`
  );
}

/** null when no request tells the versions apart: zero variance is no certainty. */
function pairedInterval(rule: Rule, recall: PairedRecall, level: number): { readonly low: number; readonly high: number } | null {
  if (recall.onlyChallenger + recall.onlyChampion === 0) return null;
  return rule.basis === "relative" ? recall.interval(level) : recall.differenceInterval(level);
}

function unpairedCheck(rule: Rule, context: CheckContext): CheckResult {
  const champion = hitsOf(context.arms.champion.confusion);
  const challenger = hitsOf(context.arms.challenger.confusion);
  const base = blank(rule, context, { champion: champion.of, challenger: challenger.of });
  if (champion.of === 0 || challenger.of === 0 || champion.hits === 0) return base;
  const rates = { champion: champion.hits / champion.of, challenger: challenger.hits / challenger.of };
  const fixed = newcombe(challenger, champion, 1 - context.alpha);
  const difference = context.watching === null ? fixed : { ...fixed, ...rateDifferenceSequence(asRate(champion), asRate(challenger), context.watching) };
  const least = (rule.basis === "relative" ? rates.champion : 1) * toNumber(rule.improveBy);
  const sparse = context.watching === null && smallestExpected(champion, challenger) < 5;
  const p = sparse ? fisherExact({ a: challenger.hits, b: challenger.of - challenger.hits, c: champion.hits, d: champion.of - champion.hits }).twoSided : null;
  const meets = meetsPoint(rule, champion, challenger);
  const significant = p === null ? difference.low > 0 : p < context.alpha && rates.challenger > rates.champion;
  const proven = meets && significant && (!context.strict || difference.low >= least);
  const refuted = context.strict ? difference.high < least : !meets;
  return {
    ...base,
    status: proven ? "pass" : refuted ? "fail" : "unproven",
    ...rates,
    estimate: rates.challenger - rates.champion,
    unit: "share",
    interval: { low: difference.low, high: difference.high, level: 1 - context.alpha },
    allowed: { low: least, high: null },
    pValue: p,
    nNeeded: observationsNeeded([{ distance: rates.challenger - rates.champion - least, variance: varianceOf(challenger) + (varianceOf(champion) * challenger.of) / champion.of }], { alpha: context.alpha / 2, watching: context.watching, perChallenger: (champion.of + challenger.of) / challenger.of }),
    method: sparse ? "unpaired: Fisher exact, and Newcombe interval" : context.watching === null ? "unpaired: Newcombe interval of the difference" : "unpaired: confidence sequences of both rates, anytime-valid",
    guarantee: context.watching === null ? "asymptotic" : "exact",
    reported: { relative: rates.challenger / rates.champion - 1, absolute: rates.challenger - rates.champion },
    says: `The challenger found ${formatPercent(rates.challenger)} of ${challenger.of} positives, the champion ${formatPercent(rates.champion)} of ${champion.of} others.`,
    wouldChange: proven ? null : `${changeOf(rule, meets, significant)}; with a shadow the comparison would be paired and need far fewer`,
  };
}

interface Hits {
  readonly hits: number;
  readonly of: number;
}

/** On integers: 84/100 against 80/100 is exactly 1.05, which floats deny. */
function meetsPoint(rule: Rule, champion: Hits, challenger: Hits): boolean {
  const left = BigInt(challenger.hits) * BigInt(champion.of);
  const right = BigInt(champion.hits) * BigInt(challenger.of);
  const parts = BigInt(rule.improveBy.parts);
  const of = BigInt(rule.improveBy.of);
  if (rule.basis === "relative") return left * of >= right * (of + parts);
  return (left - right) * of >= parts * BigInt(champion.of) * BigInt(challenger.of);
}

function hitsOf(confusion: Confusion | null): Hits {
  return confusion === null ? { hits: 0, of: 0 } : { hits: confusion.truePositive, of: confusion.truePositive + confusion.falseNegative };
}

/** Of one trial. */
function varianceOf({ hits, of }: Hits): number {
  return ((hits / of) * (of - hits)) / of;
}

function asRate({ hits, of }: Hits): { readonly hits: number; readonly n: number } {
  return { hits, n: of };
}

function smallestExpected(a: Hits, b: Hits): number {
  const total = a.of + b.of;
  const hits = a.hits + b.hits;
  return (Math.min(a.of, b.of) * Math.min(hits, total - hits)) / total;
}

function blank(rule: Rule, context: CheckContext, n: CheckResult["n"]): CheckResult {
  const margin = toNumber(rule.improveBy);
  return {
    ...blankCheck({ id: "recall-superiority", purpose: "promotion", metric: "recall", n }),
    unit: rule.basis === "relative" ? "ratio" : "share",
    allowed: { low: rule.basis === "relative" ? 1 + margin : margin, high: null },
    alpha: context.alpha,
    wouldChange: "labelled positives that both versions answered",
  };
}

function changeOf(rule: Rule, meets: boolean, significant: boolean): string {
  if (!meets) return `a recall ${formatNumber(toNumber(rule.improveBy) * 100)} % ${rule.basis === "relative" ? "higher than the champion's" : "points above the champion's"}`;
  return significant ? "more labelled positives: the interval still reaches below the threshold" : "more labelled positives: the difference may be chance";
}
