import type { Judged } from "@gauntlet/controller";
import { DERIVED_METRICS, histogramQuantile, sharesOf, wideToNumber, type Arm, type Evidence, type Rollout, type Statistic } from "@gauntlet/core";

import { METRICS_MAX, type ModelGauges } from "./instruments.ts";

/** What a tick saw of a running rollout, as numbers: the evidence itself is not kept. */
export interface Figures {
  readonly model: string;
  readonly stage: { readonly number: number; readonly of: number; readonly since: number; readonly dueAt: number } | null;
  readonly split: readonly { readonly slot: string; readonly intended: number; readonly observed: number | null }[];
  readonly values: readonly MetricFigures[];
  readonly offline: readonly (ServingArm & { readonly metric: string; readonly value: number })[];
  readonly checks: readonly { readonly check: string; readonly purpose: string; readonly status: string }[];
  readonly sources: readonly { readonly source: string; readonly ageMs: number }[];
}

interface ServingArm {
  readonly slot: string;
  readonly role: "champion" | "challenger" | "control" | "other";
}

interface MetricFigures extends ServingArm {
  readonly metric: string;
  readonly observations: number;
  readonly figures: readonly (readonly [figure: string, value: number])[];
}

export function figuresOf({ observation, decision }: Judged): Figures {
  const { rollout, evidence, registry, at } = observation;
  const { allocation, policy } = rollout;
  const soFar = evidence.available ? evidence.soFar : [];
  const since = rollout.stage?.since ?? rollout.startedAt;
  const scored = allocation.arms.map(({ slot, version }) => ({ slot, n: countOf(soFar, { slot, version }) }));
  const all = scored.reduce((sum, { n }) => sum + n, 0);
  const intended = sharesOf(allocation);
  return {
    model: rollout.model,
    stage: decision.look === null ? null : { number: decision.look.number, of: decision.look.of, since, dueAt: decision.look.dueAt },
    split: scored.map(({ slot, n }) => ({ slot, intended: (intended[slot] ?? 0) / 10_000, observed: all === 0 ? null : n / all })),
    values: shownMetrics(policy.metrics).flatMap((metric) => allocation.arms.flatMap((arm) => metricOf(soFar, { rollout, arm, metric }))),
    offline: registry.available ? allocation.arms.flatMap((arm) => scoresOf(registry.versions.find(({ version }) => version === arm.version)?.metrics ?? {}).map(([metric, value]) => ({ ...servingArm(rollout, arm), metric, value }))) : [],
    checks: decision.checks.map(({ id, purpose, status }) => ({ check: id, purpose, status })),
    sources: evidence.available ? (evidence.sources ?? []).map(({ name, freshAt }) => ({ source: name, ageMs: Math.max(0, at - freshAt) })) : [],
  };
}

export function showFigures(gauges: ModelGauges, figures: Figures, now: number): void {
  const { model } = figures;
  for (const { slot, intended, observed } of figures.split) {
    gauges.intended.set({ model, slot }, intended);
    if (observed !== null) gauges.observed.set({ model, slot }, observed);
  }
  for (const { slot, role, metric, observations, figures: known } of figures.values) {
    gauges.observations.set({ model, slot, role, metric }, observations);
    for (const [figure, value] of known) gauges.value.set({ model, slot, role, metric, figure }, value);
  }
  for (const { value, ...labels } of figures.offline) gauges.offline.set({ model, ...labels }, value);
  for (const { check, purpose, status } of figures.checks) {
    gauges.checkFailing.set({ model, check, purpose }, status === "fail" ? 1 : 0);
    gauges.checkUnavailable.set({ model, check, purpose }, status === "unavailable" ? 1 : 0);
  }
  for (const { source, ageMs } of figures.sources) gauges.sourceAge.set({ model, source }, ageMs / 1000);
  if (figures.stage === null) return;
  const { number, of, since, dueAt } = figures.stage;
  gauges.stage.set({ model }, number);
  gauges.stages.set({ model }, of);
  gauges.stageAge.set({ model }, Math.max(0, now - since) / 1000);
  gauges.dwell.set({ model }, Math.max(0, dueAt - since) / 1000);
  gauges.remaining.set({ model }, Math.max(0, dueAt - now) / 1000);
}

function shownMetrics(metrics: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(metrics).toSorted().slice(0, METRICS_MAX);
}

function scoresOf(metrics: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(metrics).toSorted().slice(0, METRICS_MAX);
}

/** Slots are called champion and challenger unless the rollout has names of its own for them. */
export function servingArm({ slots }: Rollout, { slot }: Arm): ServingArm {
  if (slot === (slots?.champion ?? "champion")) return { slot, role: "champion" };
  if (slot === (slots?.challenger ?? "challenger")) return { slot, role: "challenger" };
  return { slot, role: slots !== undefined && slot === slots.control ? "control" : "other" };
}

function countOf(evidence: Evidence, arm: { readonly slot: string; readonly version: string }): number {
  let count = 0;
  for (const { metric, mode, slot, version, statistic } of evidence) {
    if (metric === DERIVED_METRICS.scored && mode === "live" && slot === arm.slot && version === arm.version && statistic.kind === "count") count += statistic.n;
  }
  return count;
}

function metricOf(evidence: Evidence, of: { readonly rollout: Rollout; readonly arm: Arm; readonly metric: string }): readonly MetricFigures[] {
  const { arm, metric } = of;
  const item = evidence.find((known) => known.mode === "live" && known.metric === metric && known.slot === arm.slot && known.version === arm.version);
  const known = item === undefined ? null : figuresOfStatistic(item.statistic);
  return known === null ? [] : [{ ...servingArm(of.rollout, arm), metric, ...known }];
}

const QUANTILES = [["p50", 0.5], ["p95", 0.95], ["p99", 0.99]] as const;

/** In which sums of moments are kept. */
const THOUSANDTHS = 1000;

/** null while there is nothing. */
function figuresOfStatistic(statistic: Statistic): Pick<MetricFigures, "observations" | "figures"> | null {
  switch (statistic.kind) {
    case "rate":
      return statistic.n > 0 ? { observations: statistic.n, figures: [["rate", statistic.hits / statistic.n]] } : null;
    case "moments":
      return statistic.n > 0 ? { observations: statistic.n, figures: [["mean", wideToNumber(statistic.sum) / THOUSANDTHS / statistic.n]] } : null;
    case "histogram":
      return statistic.n > 0 ? { observations: statistic.n, figures: QUANTILES.map(([figure, q]) => [figure, histogramQuantile(statistic, q)]) } : null;
    case "ratio": {
      const denominator = wideToNumber(statistic.denominator);
      return denominator > 0 ? { observations: statistic.requests, figures: [["ratio", wideToNumber(statistic.numerator) / denominator]] } : null;
    }
    default:
      return null;
  }
}
