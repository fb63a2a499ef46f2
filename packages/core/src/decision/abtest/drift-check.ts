import { upperBound, valueAtRank } from "../../evidence/histogram.ts";
import type { Histogram } from "../../evidence/statistic.ts";
import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber } from "../../policy/rational.ts";
import { populationStability, stabilityNoise } from "../../statistics/population-stability.ts";
import type { CheckResult } from "../decision.ts";
import { blankCheck } from "../blank-check.ts";
import { checkIdOf } from "./check-id.ts";
import { formatNumber } from "../format.ts";
import type { CheckContext } from "./check-context.ts";

type Rule = Extract<CheckRule, { kind: "drift" }>;

/** Added to the count of every bin, so that an empty one is no infinity. */
const SMOOTHING = 0.5;

/**
 * How far the challenger's distribution of a metric, such as its scores, lies from the champion's: the population stability
 * index over the champion's deciles. Below the noise of two equal samples it says nothing, and while that noise is above the
 * limit nothing can be shown. It is a measure without an error bound, also when it is watched.
 */
export function driftCheck(rule: Rule, context: CheckContext): CheckResult {
  const champion = context.arms.champion.histogram(rule.metric);
  const challenger = context.arms.challenger.histogram(rule.metric);
  const [warnAt, failAt] = [toNumber(rule.warnAt), toNumber(rule.failAt)];
  const base: CheckResult = {
    ...blankCheck({ id: checkIdOf(rule), purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    allowed: { low: null, high: failAt },
    method: "population stability index over the champion's deciles",
    says: `There is no value of ${rule.metric} of one of the versions yet.`,
    wouldChange: `values of ${rule.metric} of both versions`,
  };
  if (champion === null || challenger === null || champion.n <= 0 || challenger.n <= 0) return base;
  const edges = edgesOf(champion);
  const { index, noise } = populationStability(countsBetween(champion, edges), countsBetween(challenger, edges), SMOOTHING);
  const limits = { warnAt, failAt, noise: context.strict ? noise : 0 };
  const status = statusOf(index, limits);
  return {
    ...base,
    status,
    estimate: index,
    nNeeded: Math.ceil((stabilityNoise(edges.length + 1, { n: 1, m: 1 }) / 2 / failAt) * (1 + challenger.n / champion.n)),
    reported: { noise, warnAt, failAt, bins: edges.length + 1 },
    says: `The distribution of ${rule.metric} lies ${formatNumber(index)} from the champion's by the population stability index; two equal samples of this size stay below ${formatNumber(noise)}, the limit is ${formatNumber(failAt)}.`,
    wouldChange: status === "pass" ? null : status === "unproven" ? "more values: the noise of this index is above the limit" : `a distribution of ${rule.metric} that is nearer to the champion's`,
  };
}

function statusOf(index: number, { warnAt, failAt, noise }: { readonly warnAt: number; readonly failAt: number; readonly noise: number }): CheckResult["status"] {
  if (index > noise && index > failAt) return "fail";
  if (noise >= failAt) return "unproven";
  return index > noise && index > warnAt ? "warn" : "pass";
}

/** Rising values up to which a bin reaches. With all values in one bucket, what lies below it is a bin of its own. */
function edgesOf(histogram: Histogram): readonly number[] {
  const least = histogram.buckets[0]?.[0];
  const ranks = Array.from({ length: 9 }, (_, decile) => Math.ceil(((decile + 1) * histogram.n) / 10));
  const deciles = [...new Set(ranks.map((rank) => valueAtRank(histogram, Math.max(1, rank)).high))];
  if (deciles.length > 1 || least === undefined) return deciles;
  return [...new Set([upperBound(least - 1), ...deciles])].toSorted((a, b) => a - b);
}

/** How many values lie up to the first edge, between each two, and above the last. */
function countsBetween(histogram: Histogram, edges: readonly number[]): readonly number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  const put = (value: number, count: number) => {
    const bin = edges.findIndex((edge) => value <= edge);
    counts[bin === -1 ? edges.length : bin] = (counts[bin === -1 ? edges.length : bin] ?? 0) + count;
  };
  put(0, histogram.zeros);
  for (const [index, count] of histogram.buckets) put(upperBound(index), count);
  return counts;
}
