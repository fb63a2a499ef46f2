import { armsOf, type ArmFigures } from "../decision/arms.ts";
import { meetsBounds, meetsComparison } from "../decision/comparison.ts";
import { formatFigure } from "../decision/format.ts";
import { measure, type Measured } from "../decision/ramp/figure.ts";
import { BURN_IN } from "../decision/ramp/ratio-sequence.ts";
import { quantileSequence, type Bounds, type Watching } from "../decision/sequences.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Statistic } from "../evidence/statistic.ts";
import type { MonitorRules } from "../policy/monitor.ts";
import type { Policy } from "../policy/policy.ts";
import { toNumber, type Rational } from "../policy/rational.ts";
import type { Rollout } from "../policy/rollout.ts";
import { asymptoticSequence } from "../statistics/sequential/asymptotic-sequence.ts";
import { rateSequence } from "../statistics/sequential/rate-sequence.ts";
import type { FigureStatus, MonitorFigure, MonitorReading } from "./reading.ts";
import { watchedRules, type WatchedFigure, type WatchedRule } from "./watched-rules.ts";

/** What outcomes say of a version that was promoted. */
export interface OutcomeFacts {
  /** As it was when it was decided. */
  readonly rollout: Rollout;
  /** Of the look that decided: the champion's part of it stands for what served before. */
  readonly before: Evidence;
  /** Of the promoted version since then; what is not mature yet is in `since` only. */
  readonly since: Evidence;
  readonly mature: Evidence;
}

/**
 * The version against what the champion was when it was decided, by the checks that promoted it. Each side has an interval
 * that holds at every look together, at half of alpha, so that the champion's may be frozen and the version's looked at
 * again and again: they lie apart by chance with alpha at most. Rates and quantiles exact, means and ratios asymptotic.
 * Before and after are different times: a change of the world looks like a change of the version.
 */
export function outcomeReading(facts: OutcomeFacts, { rules, at }: { readonly rules: MonitorRules; readonly at: number }): MonitorReading {
  const { rollout, before, since, mature } = facts;
  const { slots: _, ...anySlot } = rollout;
  const arms: WatchedArms = { champion: armsOf(rollout, before).champion, fresh: armsOf(anySlot, since).challenger, mature: armsOf(anySlot, mature).challenger };
  const watching = { alpha: toNumber(rules.alpha) / 2, tunedAt: Math.max(1, tunedAt(rollout.policy, rules)) };
  const figures = watchedRules(rollout.policy).map((rule) => figureOf(rule, arms, { watching, rules, policy: rollout.policy }));
  return { at, evidence: evidenceOf(since, rollout.challenger.version), samples: arms.fresh.live, figures };
}

interface WatchedArms {
  readonly champion: ArmFigures;
  readonly fresh: ArmFigures;
  readonly mature: ArmFigures;
}

interface Watcher {
  readonly watching: Watching;
  readonly rules: MonitorRules;
  readonly policy: Policy;
}

function tunedAt(policy: Policy, rules: MonitorRules): number {
  return policy.kind === "rating" || policy.kind === "slots" ? rules.minSamples : policy.minSamples;
}

/** Grows with everything that was counted of the version. */
function evidenceOf(evidence: Evidence, version: string): number {
  return evidence.reduce((sum, item) => (item.version === version && item.mode === "live" ? sum + sizeOf(item.statistic) : sum), 0);
}

function sizeOf(statistic: Statistic): number {
  switch (statistic.kind) {
    case "confusion":
      return statistic.truePositive + statistic.falsePositive + statistic.falseNegative + statistic.trueNegative;
    case "paired":
      return statistic.cells.reduce((sum, count) => sum + count, 0);
    case "ratio":
      return statistic.n + statistic.requests;
    default:
      return statistic.n;
  }
}

function figureOf(rule: WatchedRule, arms: WatchedArms, watcher: Watcher): MonitorFigure {
  switch (rule.kind) {
    case "compare":
      return compared(rule, arms, watcher);
    case "bound":
      return bounded(rule, arms, watcher);
    case "never":
      return neverSeen(rule, arms);
  }
}

/** A ramp judges mature outcomes; an A/B test waits for labels alone. */
function armOf(arms: WatchedArms, figure: WatchedFigure, policy: Policy): ArmFigures {
  return policy.kind === "ramp" || isLabelled(figure) ? arms.mature : arms.fresh;
}

function isLabelled(figure: WatchedFigure): figure is Extract<WatchedFigure, { kind: "recall" | "precision" }> {
  return figure.kind === "recall" || figure.kind === "precision";
}

function compared(rule: Extract<WatchedRule, { kind: "compare" }>, arms: WatchedArms, { watching, rules, policy }: Watcher): MonitorFigure {
  const champion = measured(arms.champion, rule.metric, rule.figure);
  const version = measured(armOf(arms, rule.figure, policy), rule.metric, rule.figure);
  const base = blank(rule, METHODS[rule.figure.kind === "mean" || rule.figure.kind === "ratio" ? "mean" : "exact"]);
  if (champion === null || version === null) return base;
  const isBeyond = (times: Rational): boolean => {
    const none = champion.exact.parts === 0n;
    const margin = scaled(none && rule.basis === "relative" ? rule.floor : rule.margin, times);
    return !meetsComparison({ better: rule.better, ask: "noWorseThan", margin, basis: none ? "absolute" : rule.basis }, champion.exact, version.exact);
  };
  const beyond = isBeyond(ONCE);
  const isSure = beyond && liesApart(rule.better, boundsOf(champion, watching), boundsOf(version, watching));
  // Without a margin everything would be many times beyond it.
  const severe = isSure && rule.margin.parts > 0 && isBeyond(rules.severeTimes);
  return {
    ...base,
    status: severe ? "severe" : isSure ? "regressed" : "healthy",
    value: version.value,
    baseline: champion.value,
    change: version.value - champion.value,
    limit: rule.basis === "absolute" ? (rule.better === "lower" ? 1 : -1) * toNumber(rule.margin) : null,
    says: `The ${nameOf(rule)} is ${formatFigure(version.value)}; what served before had ${formatFigure(champion.value)}${beyond && !isSure ? ", which may be chance" : ""}.`,
  };
}

const ONCE: Rational = { parts: 1, of: 1 };

const METHODS = {
  exact: { method: "beyond the margin, and confidence sequences of before and after that lie apart", guarantee: "exact" },
  mean: { method: "beyond the margin, and asymptotic confidence sequences of before and after that lie apart", guarantee: "asymptotic" },
} as const;

function scaled(margin: Rational, times: Rational): Rational {
  return { parts: margin.parts * times.parts, of: margin.of * times.of };
}

function liesApart(better: "higher" | "lower", before: Bounds | null, after: Bounds | null): boolean {
  if (before === null || after === null) return false;
  return better === "lower" ? after.low > before.high : after.high < before.low;
}

/** Surely outside, while what served before kept inside. */
function bounded(rule: Extract<WatchedRule, { kind: "bound" }>, arms: WatchedArms, { watching, policy }: Watcher): MonitorFigure {
  const champion = measured(arms.champion, rule.metric, rule.figure);
  const version = measured(armOf(arms, rule.figure, policy), rule.metric, rule.figure);
  const base = blank(rule, { method: "a confidence sequence that lies outside the bounds", guarantee: rule.figure.kind === "mean" ? "asymptotic" : "exact" });
  if (version === null) return base;
  const bounds = boundsOf(version, watching);
  const isOutside = bounds !== null && ((rule.atMost !== null && bounds.low > toNumber(rule.atMost)) || (rule.atLeast !== null && bounds.high < toNumber(rule.atLeast)));
  const excused = champion !== null && !meetsBounds(rule, champion.exact);
  const status: FigureStatus = isOutside && !excused ? "regressed" : "healthy";
  return { ...base, status, value: version.value, baseline: champion?.value ?? null, change: champion === null ? null : version.value - champion.value, says: `The ${nameOf(rule)} is ${formatFigure(version.value)}${isOutside ? ", outside its bounds" : ""}${isOutside && excused ? ", as it was before" : ""}.` };
}

function neverSeen(rule: Extract<WatchedRule, { kind: "never" }>, { fresh }: WatchedArms): MonitorFigure {
  const rate = fresh.rate(rule.metric);
  const base = blank(rule, { method: "counted", guarantee: "exact" });
  if (rate === null || rate.n <= 0) return base;
  return { ...base, role: "floor", status: rate.hits > 0 ? "severe" : "healthy", value: rate.hits / rate.n, says: `${rate.hits} of ${rate.n} since the promotion had ${rule.metric}, which must never be.` };
}

function measured(arm: ArmFigures, metric: string, figure: WatchedFigure): Measured | null {
  if (!isLabelled(figure)) return measure(arm, metric, figure);
  const { confusion } = arm;
  if (confusion === null) return null;
  const { truePositive, falsePositive, falseNegative } = confusion;
  const n = truePositive + (figure.kind === "recall" ? falseNegative : falsePositive);
  if (n <= 0) return null;
  const rate = { kind: "rate", n, hits: truePositive } as const;
  return { kind: "rate", value: truePositive / n, exact: { parts: BigInt(truePositive), of: BigInt(n) }, n, rate };
}

/** Where the figure surely lies, however often it is looked at; null where that can't be said. */
function boundsOf(figure: Measured, { alpha, tunedAt }: Watching): Bounds | null {
  switch (figure.kind) {
    case "rate":
      return rateSequence({ hits: figure.rate.hits, of: figure.rate.n }, { alpha, tunedAt });
    case "quantile": {
      const { low, high } = quantileSequence(figure.histogram, toNumber(figure.quantile), { alpha, tunedAt });
      return { low, high: high ?? Number.POSITIVE_INFINITY };
    }
    case "mean": {
      const { summary } = figure;
      if (summary === null || summary.n < BURN_IN) return null;
      const found = asymptoticSequence({ value: summary.mean, standardError: Math.sqrt(summary.variance / summary.n), n: summary.n }, { alpha, tunedAt, burnIn: 0, side: "two", nullValue: summary.mean });
      return found.kind === "nothing" || found.low === null || found.high === null ? null : { low: found.low, high: found.high };
    }
  }
}

function nameOf({ id, metric }: WatchedRule): string {
  return id.startsWith(`${metric}-p`) ? id.replace(/-bound$/, "").replace("-", " ") : metric;
}

function blank({ id, metric }: WatchedRule, how: Pick<MonitorFigure, "method" | "guarantee">): MonitorFigure {
  return { id, metric, role: "trend", status: "unknown", value: null, baseline: null, change: null, standardError: null, limit: null, ...how, says: `There is nothing of ${metric} to compare yet.` };
}
