import type { Confusion } from "../../evidence/statistic.ts";
import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber, type Rational } from "../../policy/rational.ts";
import { newcombe } from "../../statistics/newcombe.ts";
import { pairedPrecisionDifference } from "../../statistics/paired-precision.ts";
import type { CheckResult } from "../decision.ts";
import { blankCheck } from "../blank-check.ts";
import { formatPercent, formatPoints } from "../format.ts";
import { observationsNeeded } from "./needed.ts";
import type { CheckContext } from "./check-context.ts";
import { precisionSequence, rateDifferenceSequence, type Bounds, type Watching } from "../sequences.ts";

type Rule = Extract<CheckRule, { kind: "band" }>;

interface Flagged {
  readonly hits: number;
  readonly of: number;
}

/**
 * Does the challenger's precision stay in its band? A drop beyond the margin counts against it; a rise beyond the
 * margin is a warning in strict mode and a loss in compat mode, as document 003 has it.
 */
export function precisionCheck(rule: Rule, context: CheckContext): CheckResult {
  const { champion, challenger, paired } = flaggedOf(context);
  const base: CheckResult = {
    ...blankCheck({ id: "precision-band", purpose: "promotion", metric: "precision", n: { champion: champion.of, challenger: challenger.of } }),
    unit: "share",
    allowed: { low: -toNumber(rule.dropMax), high: context.strict ? null : toNumber(rule.riseMax) },
    alpha: context.alpha,
  };
  if (champion.of === 0 || challenger.of === 0) return { ...base, says: "One of the versions flagged nothing that has a label yet." };
  const drop = exceeds(champion, challenger, rule.dropMax);
  const rise = exceeds(challenger, champion, rule.riseMax);
  const compared = compare({ champion, challenger, paired }, context);
  const precision = { champion: champion.hits / champion.of, challenger: challenger.hits / challenger.of };
  const status = context.strict ? strictStatus(rule, { drop, rise, bounds: compared.interval }) : drop || rise ? "fail" : "pass";
  return {
    ...base,
    ...precision,
    ...compared,
    status,
    estimate: precision.challenger - precision.champion,
    guarantee: context.strict ? "asymptotic" : "point",
    nNeeded: context.strict ? neededFor(rule, { champion, challenger, paired }, context) : null,
    says: `Precision is ${formatPercent(precision.challenger)} against the champion's ${formatPercent(precision.champion)} (${formatPoints(precision.challenger - precision.champion)}).`,
    wouldChange: drop ? "fewer false alarms" : status === "unproven" ? "more labelled alarms: the interval still reaches beyond the margin" : null,
  };
}

function compare(arms: ReturnType<typeof flaggedOf>, { alpha, watching }: CheckContext): Pick<CheckResult, "interval" | "method" | "reported"> {
  const { champion, challenger, paired } = arms;
  const method = methodOf(paired !== null, watching !== null);
  // One-sided at alpha: only a drop is harm.
  const level = 1 - 2 * alpha;
  const { low, high } = paired === null ? newcombe(challenger, champion, level) : pairedPrecisionDifference(paired, level);
  if (watching === null) return { interval: { low, high, level }, method, reported: {} };
  const bounds = watched(arms, watching);
  return { interval: bounds === null ? null : { ...bounds, level: 1 - alpha }, method, reported: { fixedLow: low, fixedHigh: high } };
}

/** Alarms of the challenger; in pairs, with as many others for each as now. */
function neededFor(rule: Rule, { champion, challenger, paired }: ReturnType<typeof flaggedOf>, { alpha, watching }: CheckContext): number | null {
  const [first, second] = [champion.hits / champion.of, challenger.hits / challenger.of];
  const distance = second - first + toNumber(rule.dropMax);
  if (paired === null) {
    const variance = second * (1 - second) + (first * (1 - first) * challenger.of) / champion.of;
    return observationsNeeded([{ distance, variance }], { alpha, watching, perChallenger: (champion.of + challenger.of) / challenger.of });
  }
  const { standardError } = pairedPrecisionDifference(paired, 0.95);
  const n = paired.reduce((sum, count) => sum + count, 0);
  return observationsNeeded([{ distance, variance: standardError ** 2 * challenger.of }], { alpha, watching, perChallenger: n / challenger.of });
}

function strictStatus(rule: Rule, { drop, rise, bounds }: { readonly drop: boolean; readonly rise: boolean; readonly bounds: Bounds | null }): CheckResult["status"] {
  if (drop && bounds !== null && bounds.high < 0) return "fail";
  if (drop || bounds === null || bounds.low < -toNumber(rule.dropMax)) return "unproven";
  return rise ? "warn" : "pass";
}

function watched({ champion, challenger, paired }: ReturnType<typeof flaggedOf>, watching: Watching): Bounds | null {
  if (paired !== null) return precisionSequence(paired, watching);
  return rateDifferenceSequence({ hits: champion.hits, n: champion.of }, { hits: challenger.hits, n: challenger.of }, watching);
}

function methodOf(paired: boolean, watching: boolean): string {
  if (watching) return paired ? "paired difference of precisions, asymptotic confidence sequence" : "unpaired: confidence sequences of both rates";
  return paired ? "paired difference of precisions, delta method" : "unpaired: Newcombe interval of the difference";
}

function flaggedOf(context: CheckContext): { readonly champion: Flagged; readonly challenger: Flagged; readonly paired: readonly number[] | null } {
  const cells = context.arms.paired?.cells;
  if (cells === undefined) {
    return { champion: flagged(context.arms.champion.confusion), challenger: flagged(context.arms.challenger.confusion), paired: null };
  }
  // Cells are indexed truth·4 + champion·2 + challenger.
  const count = (...indexes: readonly number[]) => indexes.reduce((sum, index) => sum + (cells[index] ?? 0), 0);
  return {
    champion: { hits: count(6, 7), of: count(2, 3, 6, 7) },
    challenger: { hits: count(5, 7), of: count(1, 3, 5, 7) },
    paired: cells,
  };
}

function flagged(confusion: Confusion | null): Flagged {
  return confusion === null ? { hits: 0, of: 0 } : { hits: confusion.truePositive, of: confusion.truePositive + confusion.falsePositive };
}

/** Is a − b > margin? On integers, since |0.92 − 0.91| ≤ 0.01 is false in floats. */
function exceeds(a: Flagged, b: Flagged, margin: Rational): boolean {
  const difference = BigInt(a.hits) * BigInt(b.of) - BigInt(b.hits) * BigInt(a.of);
  return difference * BigInt(margin.of) > BigInt(margin.parts) * BigInt(a.of) * BigInt(b.of);
}
