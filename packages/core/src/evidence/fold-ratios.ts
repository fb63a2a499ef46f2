import type { FollowUp, Prediction } from "../outcome/outcome.ts";
import type { DeltaCells } from "./delta-cells.ts";
import { fieldsOf, type EpochRatios } from "./epoch-ratios.ts";
import type { RatioMetric } from "./evidence.ts";
import type { EpochContext, FoldContext } from "./fold-context.ts";
import { bucketStartOf } from "./time-bucket.ts";
import { bucketRatios, ratioDifference, type UnitBucket, type UnitKey, type UnitSum, type UnitTotals } from "./unit-totals.ts";

/** One request as far as ratios go: the first ones of each list were known before the batch. */
export interface RatioRecord {
  readonly predictions: readonly Prediction[];
  readonly followUps: readonly FollowUp[];
  readonly priorPredictions: number;
  readonly priorFollowUps: number;
}

export interface RatioFold {
  readonly context: FoldContext;
  readonly ratiosOf: (epoch: EpochContext) => EpochRatios;
  /** What is stored of the units of these requests. */
  readonly prior: readonly UnitTotals[];
}

/**
 * Adds to `cells` what some requests change of ratios, and returns the rows of units as they are afterwards. What a request
 * adds to its unit is a function of the set of its records, and what a unit adds to the cells one of the set of its
 * requests; both count as after the batch less before it. Hence no order and no grouping of batches matters.
 */
export function foldRatios(cells: DeltaCells, records: Iterable<RatioRecord>, fold: RatioFold): readonly UnitTotals[] {
  const units = new Map<string, UnitDelta>();
  for (const { predictions, followUps, priorPredictions, priorFollowUps } of records) {
    if (predictions.length === priorPredictions && followUps.length === priorFollowUps) continue;
    addRequest(units, { predictions: predictions.slice(0, priorPredictions), followUps: followUps.slice(0, priorFollowUps), sign: -1 }, fold);
    addRequest(units, { predictions, followUps, sign: 1 }, fold);
  }
  if (units.size === 0) return [];
  const stored = Map.groupBy(fold.prior, keyText);
  return [...units].flatMap(([key, unit]) => foldUnit(cells, unit, { model: fold.context.model, before: stored.get(key) ?? [] }));
}

/** What a batch changes of one unit, by time bucket. */
interface UnitDelta {
  readonly key: UnitKey;
  readonly epoch: EpochContext;
  readonly ratios: EpochRatios["ratios"];
  readonly buckets: Map<number, BucketDelta>;
}

interface BucketDelta {
  requests: number;
  /** Numerator and denominator of each ratio, one after the other. */
  readonly sums: number[];
}

interface SignedRequest extends Pick<RatioRecord, "predictions" | "followUps"> {
  readonly sign: 1 | -1;
}

function addRequest(units: Map<string, UnitDelta>, { predictions, followUps, sign }: SignedRequest, fold: RatioFold): void {
  const answered = followUps.length === 0 ? null : answeredBy(predictions);
  for (const prediction of predictions) {
    const epoch = Object.hasOwn(fold.context.epochs, prediction.epoch) ? (fold.context.epochs[prediction.epoch] as EpochContext) : undefined;
    const own = prediction.forRatios;
    if (epoch === undefined || own === undefined) continue;
    const declared = fold.ratiosOf(epoch);
    if (declared.ratios.length === 0) continue;
    const later = prediction === answered ? followUps.map((followUp) => fieldsOf(followUp.metrics, declared)) : [];
    const bucket = bucketOf(unitOf(units, { prediction, unit: own.unit, epoch, ratios: declared.ratios }), bucketStartOf(prediction.at, epoch.bucketMs));
    bucket.requests += sign;
    for (const [index, [, ratio]] of declared.ratios.entries()) {
      const [numerator, denominator] = requestSum(ratio, [own.fields, ...later]);
      (bucket.sums[2 * index] as number) += sign * numerator;
      (bucket.sums[2 * index + 1] as number) += sign * denominator;
    }
  }
}

/** The answer that follow-ups are about: the live one, and should there be several the earliest. */
function answeredBy(predictions: readonly Prediction[]): Prediction | null {
  let first: Prediction | null = null;
  for (const prediction of predictions) {
    if (prediction.mode !== "live" || prediction.forRatios === undefined) continue;
    if (first === null || prediction.at < first.at || (prediction.at === first.at && prediction.version < first.version)) first = prediction;
  }
  return first;
}

const ONE = 1000;

function requestSum({ numerator, denominator, once }: RatioMetric, parts: readonly Readonly<Record<string, number>>[]): UnitSum {
  const x = added(numerator, parts);
  return [once ? Math.min(x, ONE) : x, added(denominator, parts)];
}

function added(fields: readonly string[], parts: readonly Readonly<Record<string, number>>[]): number {
  let sum = 0;
  for (const part of parts) for (const field of fields) if (Object.hasOwn(part, field)) sum += part[field] as number;
  return sum;
}

function unitOf(units: Map<string, UnitDelta>, given: { readonly prediction: Prediction; readonly unit: string; readonly epoch: EpochContext; readonly ratios: EpochRatios["ratios"] }): UnitDelta {
  const { epoch, version, slot, mode } = given.prediction;
  const key = { epoch, version, slot, mode, unit: given.unit };
  const text = keyText(key);
  let unit = units.get(text);
  if (unit === undefined) {
    unit = { key, epoch: given.epoch, ratios: given.ratios, buckets: new Map() };
    units.set(text, unit);
  }
  return unit;
}

function bucketOf({ buckets, ratios }: UnitDelta, bucketStart: number): BucketDelta {
  let bucket = buckets.get(bucketStart);
  if (bucket === undefined) {
    bucket = { requests: 0, sums: Array<number>(2 * ratios.length).fill(0) };
    buckets.set(bucketStart, bucket);
  }
  return bucket;
}

/** Ids hold no control characters, so the separator can't occur in them. */
function keyText({ epoch, version, slot, mode, unit }: UnitKey): string {
  return `${epoch}\u0000${version}\u0000${slot}\u0000${mode}\u0000${unit}`;
}

function foldUnit(cells: DeltaCells, { key, epoch, ratios, buckets }: UnitDelta, { model, before }: { readonly model: string; readonly before: readonly UnitTotals[] }): readonly UnitTotals[] {
  const changed = [...buckets].filter(([, delta]) => delta.requests !== 0 || delta.sums.some((sum) => sum !== 0));
  if (changed.length === 0) return [];
  const stored = new Map(before.map((row) => [row.bucketStart, row]));
  const rows = changed.map(([bucketStart, delta]): UnitTotals => {
    const known = stored.get(bucketStart);
    const sums = Object.fromEntries(ratios.map(([metric], index) => [metric, plus(sumIn(known, metric), delta.sums[2 * index] as number, delta.sums[2 * index + 1] as number)]));
    return { ...key, model, bucketStart, bucketEnd: bucketStart + epoch.bucketMs, requests: (known?.requests ?? 0) + delta.requests, sums };
  });
  const after = new Map([...stored, ...rows.map((row) => [row.bucketStart, row] as const)]);
  const starts = [...after.keys()].toSorted((a, b) => a - b);
  for (const [metric] of ratios) {
    const was = bucketRatios(starts.map((start) => bucketIn(stored.get(start), metric)));
    for (const [index, now] of bucketRatios(starts.map((start) => bucketIn(after.get(start), metric))).entries()) {
      const delta = ratioDifference(now, was[index] ?? null);
      if (delta !== null) cells.row({ epoch: key.epoch, bucketStart: starts[index] as number, version: key.version, slot: key.slot, mode: key.mode }).ratio(metric, delta);
    }
  }
  return rows;
}

const NOTHING: UnitSum = [0, 0];

function sumIn(row: UnitTotals | undefined, metric: string): UnitSum {
  return row !== undefined && Object.hasOwn(row.sums, metric) ? (row.sums[metric] as UnitSum) : NOTHING;
}

function bucketIn(row: UnitTotals | undefined, metric: string): UnitBucket | null {
  return row === undefined ? null : { requests: row.requests, sum: sumIn(row, metric) };
}

function plus([numerator, denominator]: UnitSum, x: number, y: number): UnitSum {
  return [numerator + x, denominator + y];
}
