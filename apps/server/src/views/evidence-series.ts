import type { EvidencePoint, EvidenceSeries } from "@gauntlet/contract";
import { readState, type Controller } from "@gauntlet/controller";
import { armsOf, Failure, gatherEvidence, histogramQuantile, mergeEvidence, pairedPrecisionDifference, pairedRecallRatio, precisionSequence, recallRatioSequence, rolloutAlpha, type ArmFigures, type Evidence, type EvidenceCell, type Policy, type Rollout } from "@gauntlet/core";

import { timeGroups } from "./time-groups.ts";

/** More points than a chart can show help nobody, and each takes a millisecond; buckets are then grouped. */
const POINTS_MAX = 100;
/** The sequence is sought between 1/100 and 100: a bound at the end of that says nothing. */
const RATIO_MAX = 99.9;

/** Evidence of the present rollout over time, cumulatively. @throws Failure `not_found` without a rollout. */
export async function evidenceSeriesView({ store, clock }: Pick<Controller, "store" | "clock">, model: string): Promise<EvidenceSeries> {
  const { rollout } = await readState({ store }, model);
  if (rollout === null) throw new Failure("not_found", `${model} has no rollout, hence no evidence`, { fix: "start one: `gauntlet start <policy> --challenger <version>`" });
  // What is served meanwhile is no evidence of a rollout that goes by matches.
  const cells = rollout.policy.kind === "rating" ? [] : await store.evidence.cells({ model, epoch: rollout.allocation.epoch, from: 0, to: clock.now() + 1 });
  return evidenceSeries(rollout, cells);
}

/** `cells` are sorted by their bucket's start. */
function evidenceSeries(rollout: Rollout, cells: readonly EvidenceCell[]): EvidenceSeries {
  const { widthMs, byEnd } = timeGroups(cells, rollout.policy.bucketMs, POINTS_MAX);
  const points: EvidencePoint[] = [];
  let soFar: Evidence = [];
  for (const [end, group] of byEnd) {
    soFar = mergeEvidence(soFar, gatherEvidence(group));
    points.push(pointOf(rollout, soFar, end));
  }
  return { model: rollout.model, rolloutId: rollout.id, bucketMs: widthMs, level: 1 - rolloutAlpha(rollout.policy, rollout), points };
}

function pointOf(rollout: Rollout, evidence: Evidence, at: number): EvidencePoint {
  const arms = armsOf(rollout, evidence);
  const cells = arms.paired?.cells ?? null;
  const recall = cells === null ? null : pairedRecallRatio(cells);
  return {
    at,
    champion: figures(rollout, arms.champion),
    challenger: figures(rollout, arms.challenger),
    paired: cells?.reduce((sum, count) => sum + count, 0) ?? 0,
    onlyChallenger: recall?.onlyChallenger ?? 0,
    onlyChampion: recall?.onlyChampion ?? 0,
    recallRatio: cells === null ? null : ratioOf(rollout, cells),
    precisionDifference: cells === null ? null : precisionOf(rollout, cells),
  };
}

/** Both intervals spend the alpha of the whole rollout, so that they differ in nothing but how often they may be looked at. */
function ratioOf(rollout: Rollout, cells: readonly number[]): EvidencePoint["recallRatio"] {
  const { policy } = rollout;
  const alpha = rolloutAlpha(policy, rollout);
  const recall = pairedRecallRatio(cells);
  const fixed = recall.interval(1 - alpha);
  if (recall.ratio === null || fixed === null) return null;
  const watched = recallRatioSequence(cells, { alpha, tunedAt: tunedAt(policy) });
  return {
    estimate: recall.ratio,
    low: fixed.low,
    high: fixed.high,
    watchedLow: watched.low < 1 / RATIO_MAX ? null : watched.low,
    watchedHigh: watched.high > RATIO_MAX ? null : watched.high,
  };
}

/** As the ratio of recalls; the sequence is asymptotic, and exact bounds stand in for it until there are enough false alarms. */
function precisionOf(rollout: Rollout, cells: readonly number[]): EvidencePoint["precisionDifference"] {
  const { policy } = rollout;
  const alpha = rolloutAlpha(policy, rollout);
  const watched = precisionSequence(cells, { alpha, tunedAt: tunedAt(policy) });
  // Only a version that flagged nothing has no precision.
  if (watched === null) return null;
  const { difference, low, high } = pairedPrecisionDifference(cells, 1 - alpha);
  return { estimate: difference, low, high, watchedLow: watched.low <= -1 ? null : watched.low, watchedHigh: watched.high >= 1 ? null : watched.high };
}

function tunedAt(policy: Policy): number {
  return policy.kind === "rating" || policy.kind === "slots" ? 1 : policy.minSamples;
}

function figures({ policy }: Rollout, arm: ArmFigures): EvidencePoint["champion"] {
  const quantile = policy.checks.find((check) => check.kind === "quantile");
  const rate = policy.checks.find((check) => check.kind === "rate");
  const { truePositive: hits = 0, falsePositive = 0, falseNegative = 0 } = arm.confusion ?? {};
  const errors = arm.rate(rate?.metric ?? "error");
  const histogram = arm.histogram(quantile?.metric ?? "latency_ms");
  return {
    live: arm.live,
    recall: hits + falseNegative === 0 ? null : hits / (hits + falseNegative),
    precision: hits + falsePositive === 0 ? null : hits / (hits + falsePositive),
    errorRate: errors === null || errors.n === 0 ? null : errors.hits / errors.n,
    p95: histogram === null ? null : histogramQuantile(histogram, quantile?.quantile ?? 0.95),
    labelled: arm.labelled,
  };
}
