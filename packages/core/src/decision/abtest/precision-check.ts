import type { Confusion } from "../../evidence/statistic.ts";
import type { CheckRule } from "../../policy/policy.ts";
import { toNumber, type Rational } from "../../policy/rational.ts";
import { newcombe } from "../../statistics/newcombe.ts";
import { pairedPrecisionDifference } from "../../statistics/paired-precision.ts";
import type { CheckResult } from "../decision.ts";
import { blankCheck } from "./blank-check.ts";
import { formatPercent, formatPoints } from "./format.ts";
import type { CheckContext } from "./promotion-checks.ts";

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
  // One-sided at alpha: only a drop is harm.
  const level = 1 - 2 * context.alpha;
  const compared = paired === null ? newcombe(challenger, champion, level) : pairedPrecisionDifference(paired, level);
  const drop = exceeds(champion, challenger, rule.dropMax);
  const rise = exceeds(challenger, champion, rule.riseMax);
  const precision = { champion: champion.hits / champion.of, challenger: challenger.hits / challenger.of };
  return {
    ...base,
    ...precision,
    status: context.strict ? strictStatus(rule, { drop, rise, ...compared }) : drop || rise ? "fail" : "pass",
    estimate: precision.challenger - precision.champion,
    interval: { low: compared.low, high: compared.high, level },
    method: paired === null ? "unpaired: Newcombe interval of the difference" : "paired difference of precisions, delta method",
    guarantee: context.strict ? "asymptotic" : "point",
    says: `Precision is ${formatPercent(precision.challenger)} against the champion's ${formatPercent(precision.champion)} (${formatPoints(precision.challenger - precision.champion)}).`,
    wouldChange: drop ? "fewer false alarms" : compared.low < -toNumber(rule.dropMax) && context.strict ? "more labelled alarms: the interval still reaches beyond the margin" : null,
  };
}

function strictStatus(rule: Rule, compared: { readonly drop: boolean; readonly rise: boolean; readonly low: number; readonly high: number }): CheckResult["status"] {
  if (compared.drop && compared.high < 0) return "fail";
  if (compared.drop || compared.low < -toNumber(rule.dropMax)) return "unproven";
  return compared.rise ? "warn" : "pass";
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
