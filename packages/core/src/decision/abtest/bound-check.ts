import { histogramQuantile } from "../../evidence/histogram.ts";
import type { Histogram, Moments, Rate } from "../../evidence/statistic.ts";
import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber, type Rational } from "../../policy/rational.ts";
import { quantileInterval } from "../../statistics/quantile-interval.ts";
import { rateSequence } from "../../statistics/sequential/rate-sequence.ts";
import { studentTCritical } from "../../statistics/student-t.ts";
import { summaryFromMoments } from "../../statistics/summary.ts";
import { wilson } from "../../statistics/wilson.ts";
import type { CheckResult } from "../decision.ts";
import type { ArmFigures } from "../arms.ts";
import { blankCheck } from "../blank-check.ts";
import { checkIdOf } from "./check-id.ts";
import { exactMean, exactRate, meetsBounds, statusOf } from "../comparison.ts";
import { formatFigure, formatPercent } from "../format.ts";
import { BURN_IN } from "./mean-check.ts";
import { observationsNeeded, sequenceMultiplier } from "./needed.ts";
import type { CheckContext } from "./check-context.ts";
import { quantileSequence, type Bounds } from "../sequences.ts";

type Rule = Extract<CheckRule, { kind: "bound" }>;

/** A cap, a floor or both on the challenger's own figure; the champion's is shown beside and decides nothing. */
export function boundCheck(rule: Rule, context: CheckContext): CheckResult {
  const champion = readingOf(rule, context.arms.champion, context);
  const challenger = readingOf(rule, context.arms.challenger, context);
  const own = rule.figure.kind === "rate" ? "share" : rule.metric.endsWith("_ms") ? "ms" : "plain";
  const base: CheckResult = {
    ...blankCheck({ id: checkIdOf(rule), purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: own,
    allowed: { low: rule.atLeast === null ? null : toNumber(rule.atLeast), high: rule.atMost === null ? null : toNumber(rule.atMost) },
    alpha: context.alpha,
    says: `There is nothing yet to take the challenger's ${nameOf(rule)} from.`,
    wouldChange: `values of ${rule.metric} of the challenger`,
  };
  if (challenger === null) return base;
  const status = context.strict ? statusOf(base.allowed, challenger.bounds) : challenger.meets ? "pass" : "fail";
  const interval = intervalOf(challenger, context);
  return {
    ...base,
    status,
    champion: champion?.value ?? null,
    challenger: challenger.value,
    estimate: challenger.value,
    interval,
    nNeeded: neededOf(base.allowed, challenger, context),
    method: context.strict ? challenger.method : "compared as it is",
    guarantee: context.strict ? challenger.guarantee : "point",
    says: sentence(rule, challenger, interval),
    wouldChange: status === "pass" ? null : changeOf(rule, challenger, status),
  };
}

/** A side that the data leave open is no number. */
function intervalOf({ bounds }: FigureReading, context: CheckContext): CheckResult["interval"] {
  return bounds === null || bounds.high === Number.POSITIVE_INFINITY ? null : { ...bounds, level: levelOf(context) };
}

function neededOf({ low, high }: CheckResult["allowed"], { value, variance, leastNeeded }: FigureReading, { alpha, watching }: CheckContext): number | null {
  if (variance === null) return leastNeeded;
  const distances = [...(low === null ? [] : [{ distance: value - low, variance }]), ...(high === null ? [] : [{ distance: high - value, variance }])];
  return observationsNeeded(distances, { alpha, watching, perChallenger: 1 });
}

function changeOf(rule: Rule, { bounds, lacks }: FigureReading, status: "fail" | "unproven"): string {
  if (status === "fail") return `a challenger whose ${nameOf(rule)} is ${limitsOf(rule)}`;
  return bounds === null ? lacks : "more values: the interval still reaches beyond the limit";
}

/** What one version's evidence says of the figure; null when it says nothing. */
interface FigureReading {
  readonly n: number;
  readonly value: number;
  readonly meets: boolean;
  readonly bounds: Bounds | null;
  readonly method: string;
  readonly guarantee: CheckResult["guarantee"];
  /** Of one value; null where the normal formula does not apply. */
  readonly variance: number | null;
  readonly leastNeeded: number | null;
  /** What would give an interval where there is none. */
  readonly lacks: string;
}

function readingOf(rule: Rule, arm: ArmFigures, context: CheckContext): FigureReading | null {
  switch (rule.figure.kind) {
    case "rate":
      return rateReading(rule, arm.rate(rule.metric), context);
    case "mean":
      return meanReading(rule, arm.moments(rule.metric), context);
    case "quantile":
      return quantileReading(rule, { histogram: arm.histogram(rule.metric), quantile: rule.figure.quantile }, context);
  }
}

function rateReading(rule: Rule, rate: Rate | null, context: CheckContext): FigureReading | null {
  if (rate === null || rate.n <= 0) return null;
  const hits = { hits: rate.hits, of: rate.n };
  const value = rate.hits / rate.n;
  const { low, high } = context.watching === null ? wilson(hits, levelOf(context)) : rateSequence(hits, context.watching);
  return {
    n: rate.n,
    value,
    meets: meetsBounds(rule, exactRate(rate)),
    bounds: { low, high },
    method: context.watching === null ? "Wilson interval of the rate" : "confidence sequence of the rate, anytime-valid",
    guarantee: context.watching === null ? "asymptotic" : "exact",
    variance: value * (1 - value),
    leastNeeded: null,
    lacks: "more outcomes",
  };
}

function meanReading(rule: Rule, moments: Moments | null, context: CheckContext): FigureReading | null {
  if (moments === null || moments.n < 2) return null;
  const { n, mean, variance } = summaryFromMoments(moments);
  const { watching } = context;
  const early = watching !== null && n < BURN_IN;
  const half = early ? 0 : (watching === null ? studentTCritical(levelOf(context), n - 1) : sequenceMultiplier(n, watching)) * Math.sqrt(variance / n);
  return {
    n,
    value: mean,
    meets: meetsBounds(rule, exactMean(moments)),
    bounds: half > 0 ? { low: mean - half, high: mean + half } : null,
    method: watching === null ? "Student's t interval of the mean" : "asymptotic confidence sequence of the mean, anytime-valid",
    guarantee: "asymptotic",
    variance,
    leastNeeded: null,
    lacks: early ? `at least ${BURN_IN} values` : "values that vary: no variance is no certainty",
  };
}

function quantileReading(rule: Rule, { histogram, quantile }: { readonly histogram: Histogram | null; readonly quantile: Rational }, context: CheckContext): FigureReading | null {
  if (histogram === null || histogram.n <= 0) return null;
  const q = toNumber(quantile);
  const value = histogramQuantile(histogram, quantile);
  const { watching } = context;
  const found = watching === null ? quantileInterval(histogram, quantile, levelOf(context)) : quantileSequence(histogram, q, watching);
  // With n values the largest is above the quantile with chance 1 − qⁿ, and the smallest below it with 1 − (1 − q)ⁿ.
  const leastNeeded = Math.ceil(Math.log(context.alpha) / Math.log(Math.max(q, 1 - q)));
  return {
    n: histogram.n,
    value,
    meets: (rule.atLeast === null || value >= toNumber(rule.atLeast)) && (rule.atMost === null || value <= toNumber(rule.atMost)),
    bounds: found === null ? null : { low: found.low, high: found.high ?? Number.POSITIVE_INFINITY },
    method: `${watching === null ? "order statistics" : "confidence sequence"} of the ${formatPercent(q)} quantile`,
    guarantee: "exact",
    variance: null,
    leastNeeded,
    lacks: `${watching === null ? `at least ${leastNeeded}` : "more"} values: the data don't reach around the quantile`,
  };
}

/** By looks one-sided at alpha against each limit. */
function levelOf({ alpha, watching }: CheckContext): number {
  return watching === null ? 1 - 2 * alpha : 1 - alpha;
}

function sentence(rule: Rule, { value, n }: FigureReading, interval: CheckResult["interval"]): string {
  const say = (figure: number) => (rule.figure.kind === "rate" ? formatPercent(figure) : formatFigure(figure));
  const credible = interval === null ? "" : ` (${say(interval.low)} to ${say(interval.high)} at ${formatPercent(interval.level)} confidence)`;
  return `The challenger's ${nameOf(rule)} is ${say(value)} over ${n}${credible}; it must be ${limitsOf(rule)}.`;
}

function nameOf({ figure, metric }: Rule): string {
  return figure.kind === "quantile" ? `${formatPercent(toNumber(figure.quantile))} quantile of ${metric}` : `${figure.kind} of ${metric}`;
}

function limitsOf({ figure, atLeast, atMost }: Rule): string {
  const say = (bound: Rational) => (figure.kind === "rate" ? formatPercent(toNumber(bound)) : formatFigure(toNumber(bound)));
  return [...(atLeast === null ? [] : [`at least ${say(atLeast)}`]), ...(atMost === null ? [] : [`at most ${say(atMost)}`])].join(" and ");
}
