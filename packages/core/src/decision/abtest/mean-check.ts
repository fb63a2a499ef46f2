import type { CheckRule } from "../../policy/check-rule.ts";
import { meanContrast, type Contrast } from "../../statistics/mean-contrast.ts";
import { fieller } from "../../statistics/ratio-to-baseline.ts";
import { logNormalMixture, rhoFor } from "../../statistics/sequential/normal-mixture.ts";
import { studentTCritical, studentTSurvival } from "../../statistics/student-t.ts";
import { summaryFromMoments, type Summary } from "../../statistics/summary.ts";
import type { CheckResult } from "../decision.ts";
import { blankCheck } from "../blank-check.ts";
import { checkIdOf } from "./check-id.ts";
import { allowedBy, exactMean, meetsComparison, sayAsked, sayChange, statusOf } from "../comparison.ts";
import { formatFigure, formatPercent } from "../format.ts";
import { observationsNeeded, sequenceMultiplier } from "./needed.ts";
import type { CheckContext } from "./check-context.ts";
import type { Bounds, Watching } from "../sequences.ts";

type Rule = Extract<CheckRule, { kind: "mean" }>;

/** Values of each version before an asymptotic sequence says anything: the central limit must have done its work. */
export const BURN_IN = 50;

/**
 * Is the challenger's mean as it must be against the champion's? By the contrast x̄₂ − r·x̄₁ (Fieller 1954), which needs no
 * division and so stays sound for small and for negative means; a relative margin is a part of the champion's mean without
 * its sign, and says nothing while that mean can't be told from 0.
 */
export function meanCheck(rule: Rule, context: CheckContext): CheckResult {
  const champion = context.arms.champion.moments(rule.metric);
  const challenger = context.arms.challenger.moments(rule.metric);
  const own = rule.metric.endsWith("_ms") ? ("ms" as const) : ("plain" as const);
  const base: CheckResult = {
    ...blankCheck({ id: checkIdOf(rule), purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: rule.basis === "relative" ? "ratio" : own,
    sideUnit: own,
    allowed: allowedBy(rule),
    alpha: context.alpha,
    says: `There are not two values of ${rule.metric} of each version yet.`,
    wouldChange: `values of ${rule.metric} of both versions`,
  };
  if (champion === null || challenger === null || champion.n < 2 || challenger.n < 2) return base;
  const means = { champion: summaryFromMoments(champion), challenger: summaryFromMoments(challenger) };
  const known = { ...base, champion: means.champion.mean, challenger: means.challenger.mean };
  if (rule.basis === "relative" && means.champion.mean === 0) {
    return { ...known, says: `The champion's mean of ${rule.metric} is 0, so that no margin is a part of it.`, wouldChange: "a margin with basis: absolute" };
  }
  const estimate = estimateOf(rule, means);
  if (!context.strict) {
    const meets = meetsComparison(rule, exactMean(champion), exactMean(challenger));
    return { ...known, estimate, status: meets ? "pass" : "fail", method: "means compared as they are", says: sentence(rule, means, { estimate, interval: null }), wouldChange: meets ? null : changeOf(rule) };
  }
  return { ...known, estimate, ...strictResult(rule, means, context) };
}

interface Means {
  readonly champion: Summary;
  readonly challenger: Summary;
}

function strictResult(rule: Rule, means: Means, context: CheckContext): Partial<CheckResult> & Pick<CheckResult, "status"> {
  const { watching, alpha } = context;
  const perChallenger = (means.champion.n + means.challenger.n) / means.challenger.n;
  const contrasts = contrastsOf(rule, means);
  const early = watching !== null && Math.min(means.champion.n, means.challenger.n) < BURN_IN;
  const critical = early ? null : watching === null ? byLook(contrasts, alpha) : sequenceMultiplier(means.champion.n + means.challenger.n, watching);
  const interval = critical === null ? null : intervalOf(rule, means, critical);
  const status = statusOf(allowedBy(rule), interval);
  const level = watching === null ? 1 - 2 * alpha : 1 - alpha;
  return {
    status,
    interval: interval === null ? null : { ...interval, level },
    pValue: critical === null ? null : Math.max(...contrasts.map((contrast) => pOf(contrast, means, watching))),
    nNeeded: observationsNeeded(
      contrasts.map((contrast) => ({ distance: contrast.value, variance: contrast.variance * means.challenger.n })),
      { alpha, watching, perChallenger },
    ),
    method: watching === null ? `Fieller contrast of the means, Welch's degrees of freedom` : "asymptotic confidence sequence of the contrast of the means, anytime-valid",
    guarantee: "asymptotic",
    says: sentence(rule, means, { estimate: estimateOf(rule, means), interval: interval === null ? null : { ...interval, level } }),
    wouldChange: status === "pass" ? null : interval === null ? unsure(rule, means, early) : status === "fail" ? changeOf(rule) : "more values: the interval still reaches beyond what is allowed",
  };
}

/** 1 + (challenger − champion)/|champion|, or the difference. */
function estimateOf({ basis }: Rule, { champion, challenger }: Means): number {
  if (basis === "absolute") return challenger.mean - champion.mean;
  return champion.mean > 0 ? challenger.mean / champion.mean : 2 - challenger.mean / champion.mean;
}

/** One contrast for each bound; a value above 0 lies on the good side of it. */
function contrastsOf(rule: Rule, { champion, challenger }: Means): readonly Contrast[] {
  const { low, high } = allowedBy(rule);
  const against = (bound: number): Contrast => {
    if (rule.basis === "relative") return meanContrast(challenger, champion, champion.mean > 0 ? bound : 2 - bound);
    const difference = meanContrast(challenger, champion, 1);
    return { ...difference, value: difference.value - bound };
  };
  const above = low === null ? [] : [against(low)];
  const below = high === null ? [] : [against(high)].map((contrast) => ({ ...contrast, value: -contrast.value }));
  return [...above, ...below];
}

/** One-sided at alpha against each bound; the fewest degrees of freedom of them serve for all. */
function byLook(contrasts: readonly Contrast[], alpha: number): number | null {
  const degrees = Math.min(...contrasts.map(({ df }) => df ?? 0));
  return degrees > 0 ? studentTCritical(1 - 2 * alpha, degrees) : null;
}

/** null without any variance, and while the champion's mean can't be told from 0 and the margin is a part of it. */
function intervalOf({ basis }: Rule, { champion, challenger }: Means, critical: number): Bounds | null {
  if (basis === "relative") {
    const ratios = fieller(challenger, champion, critical);
    return ratios === null || champion.mean > 0 ? ratios : { low: 2 - ratios.high, high: 2 - ratios.low };
  }
  const { value, variance } = meanContrast(challenger, champion, 1);
  const half = critical * Math.sqrt(variance);
  return half > 0 && Number.isFinite(half) ? { low: value - half, high: value + half } : null;
}

function pOf({ value, variance, df }: Contrast, { champion, challenger }: Means, watching: Watching | null): number {
  if (df === null) return 1;
  const z = value / Math.sqrt(variance);
  if (watching === null) return studentTSurvival(z, df);
  if (z <= 0) return 1;
  const n = champion.n + challenger.n;
  return Math.min(1, Math.exp(-logNormalMixture({ rho: rhoFor(watching.tunedAt, watching.alpha, 2), sides: 2 }, z * Math.sqrt(n), n)));
}

function sentence(rule: Rule, { champion, challenger }: Means, { estimate, interval }: { readonly estimate: number; readonly interval: CheckResult["interval"] }): string {
  const credible = interval === null ? "" : ` (${sayChange(interval.low, rule, false)} to ${sayChange(interval.high, rule, false)} at ${formatPercent(interval.level)} confidence)`;
  return `The mean of ${rule.metric} is ${formatFigure(challenger.mean)}, the champion's ${formatFigure(champion.mean)}: a change of ${sayChange(estimate, rule, false)}${credible}, where ${sayAsked(rule, false)}.`;
}

function unsure(rule: Rule, { champion, challenger }: Means, early: boolean): string {
  if (early) return `at least ${BURN_IN} values of each version`;
  if (champion.variance === 0 && challenger.variance === 0) return "values that vary: no variance is no certainty";
  return rule.basis === "relative" ? "more values: the champion's mean can't be told from 0, so that no margin is a part of it; or a margin with basis: absolute" : "values that can be compared";
}

function changeOf({ better, ask }: Rule): string {
  return ask === "within" ? "a mean nearer to the champion's" : `a ${better} mean`;
}
