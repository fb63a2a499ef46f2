import { histogramQuantile } from "../../evidence/histogram.ts";
import type { Histogram } from "../../evidence/statistic.ts";
import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber } from "../../policy/rational.ts";
import { quantileInterval } from "../../statistics/quantile-interval.ts";
import type { CheckResult } from "../decision.ts";
import { blankCheck } from "../blank-check.ts";
import { formatNumber, formatPercent } from "../format.ts";
import type { CheckContext } from "./check-context.ts";
import { quantileSequence, type Bounds, type Watching } from "../sequences.ts";

type Rule = Extract<CheckRule, { kind: "quantile" }>;

/** Two limits: an absolute cap, and a rise over the champion. Order-statistic intervals, exact on bucket edges. */
export function quantileCheck(rule: Rule, context: CheckContext): CheckResult {
  const champion = context.arms.champion.histogram(rule.metric);
  const challenger = context.arms.challenger.histogram(rule.metric);
  const q = toNumber(rule.quantile);
  const base: CheckResult = {
    ...blankCheck({ id: `${rule.metric}-p${formatNumber(q * 100)}`, purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: rule.metric.endsWith("_ms") ? "ms" : "plain",
    alpha: context.alpha,
    method: `${context.watching === null ? "order statistics" : "confidence sequence"} of the ${formatPercent(q)} quantile`,
    nNeeded: leastFor(q),
  };
  const values = { champion: valueOf(champion, q), challenger: valueOf(challenger, q) };
  if (champion === null || challenger === null || values.champion === null || values.challenger === null) return base;
  const cap = Math.min(rule.atMost, values.champion + rule.increaseMax);
  const known = {
    ...base,
    ...values,
    estimate: values.challenger,
    allowed: { low: null, high: cap },
    reported: { increase: values.challenger - values.champion, increaseMax: rule.increaseMax, atMost: rule.atMost },
    says: `The ${formatPercent(q)} quantile of ${rule.metric} is ${formatNumber(values.challenger)}; the champion's is ${formatNumber(values.champion)}, the limit ${formatNumber(cap)}.`,
  };
  const within = values.challenger <= cap;
  if (!context.strict) return { ...known, status: within ? "pass" : "fail", wouldChange: within ? null : "a faster challenger" };
  const bounds = context.watching === null ? boundsOf(champion, challenger, { q, level: 1 - context.alpha }) : watchedBounds(champion, challenger, { q, watching: context.watching });
  return { ...known, ...strictResult(rule, bounds, { q, alpha: context.alpha }) };
}

interface ArmBounds {
  readonly champion: Bounds;
  readonly challenger: Bounds;
}

/** Half of alpha stands behind each arm's bounds (Bonferroni), so that the difference of the bounds holds at alpha. */
function strictResult(rule: Rule, bounds: ArmBounds | null, { q, alpha }: { readonly q: number; readonly alpha: number }): Pick<CheckResult, "status" | "wouldChange"> & Partial<CheckResult> {
  if (bounds === null) return { status: "unproven", wouldChange: `at least ${leastFor(q)} outcomes of each version` };
  const { champion, challenger } = bounds;
  const proven = challenger.high <= rule.atMost && challenger.high - champion.low <= rule.increaseMax;
  const refuted = challenger.low > rule.atMost || challenger.low - champion.high > rule.increaseMax;
  return {
    status: proven ? "pass" : refuted ? "fail" : "unproven",
    interval: { ...challenger, level: 1 - alpha },
    guarantee: "exact",
    wouldChange: proven ? null : refuted ? "a faster challenger" : "more outcomes: the interval still reaches beyond the limit",
  };
}

/** Does the champion itself break the cap? Then nothing can be said against the challenger. */
export function championOver(rule: Rule, context: CheckContext): boolean {
  const value = valueOf(context.arms.champion.histogram(rule.metric), toNumber(rule.quantile));
  return value !== null && value > rule.atMost;
}

function valueOf(histogram: Histogram | null, q: number): number | null {
  return histogram === null ? null : histogramQuantile(histogram, q);
}

/** null while the data don't reach around the quantile. */
function watchedBounds(champion: Histogram, challenger: Histogram, { q, watching }: { readonly q: number; readonly watching: Watching }): ArmBounds | null {
  const half = { ...watching, alpha: watching.alpha / 2 };
  const a = quantileSequence(champion, q, half);
  const b = quantileSequence(challenger, q, half);
  return a.high === null || b.high === null ? null : { champion: { low: a.low, high: a.high }, challenger: { low: b.low, high: b.high } };
}

function boundsOf(champion: Histogram, challenger: Histogram, at: { readonly q: number; readonly level: number }): ArmBounds | null {
  const level = 1 - (1 - at.level) / 2;
  const a = quantileInterval(champion, at.q, level);
  const b = quantileInterval(challenger, at.q, level);
  return a === null || b === null ? null : { champion: a, challenger: b };
}

/** reference: n > z²·q/(1−q) with z = 1.96, below which the order statistics don't reach around the quantile. */
function leastFor(q: number): number {
  return Math.ceil((3.8415 * q) / (1 - q));
}
