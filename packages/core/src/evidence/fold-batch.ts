import type { FailureCode } from "../failure/failure.ts";
import type { FollowUp, Label, Outcome, Prediction } from "../outcome/outcome.ts";
import { deltaCells, type DeltaCells } from "./delta-cells.ts";
import { crossedUnits, type ChangedUnits } from "./crossed-units.ts";
import { epochRatios, fieldsOf, hasRatios, type EpochRatios } from "./epoch-ratios.ts";
import { DERIVED_METRICS, type EvidenceCell, type MetricSpec } from "./evidence.ts";
import type { EpochContext, FoldContext } from "./fold-context.ts";
import { foldRatios } from "./fold-ratios.ts";
import { joinEvidence } from "./join-evidence.ts";
import { labelEvidence, type LabelContribution } from "./label-evidence.ts";
import { followUpProblem, otherModel, outcomeProblem } from "./record-problem.ts";
import { bucketStartOf } from "./time-bucket.ts";
import type { UnitTotals } from "./unit-totals.ts";

export interface FoldInput {
  readonly outcomes: readonly Outcome[];
  readonly labels: readonly Label[];
  readonly followUps?: readonly FollowUp[];
  /** What is stored about the requests of the batch; where ratios are involved their follow-ups too, and the rows of their units. */
  readonly prior: { readonly predictions: readonly Prediction[]; readonly labels: readonly Label[]; readonly followUps?: readonly FollowUp[]; readonly units?: readonly UnitTotals[] };
  readonly context: FoldContext;
}

export interface FoldResult {
  /** Deltas, at most one a key and none empty; sorted by (epoch, bucketStart, metric, version, slot, mode). */
  readonly cells: readonly EvidenceCell[];
  /** To be kept, beside those of `prior`. */
  readonly predictions: readonly Prediction[];
  readonly labels: readonly Label[];
  readonly followUps: readonly FollowUp[];
  /** The rows of units as they are now, of those that changed. */
  readonly units: readonly UnitTotals[];
  /** Outcomes, labels and follow-ups that were new. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly Rejection[];
}

/** `index` is the place in `outcomes`, `labels` or `followUps`, as `of` says. */
export interface Rejection {
  readonly of: "outcome" | "label" | "followUp";
  readonly index: number;
  readonly code: FailureCode;
  readonly detail: string;
  readonly fix: string;
}

/** One request as far as labels, pairs and follow-ups go: what is known of it before the batch, and what the batch adds. */
interface RequestRecord {
  readonly predictions: Prediction[];
  readonly labels: Label[];
  followUps: readonly FollowUp[];
  priorPredictions: number;
  priorLabels: number;
  priorFollowUps: number;
}

/**
 * Turns a batch into deltas of evidence. Pure.
 *
 * Whatever is derived from labels or follow-ups is a function of the *set* of records of a request, and the delta is that
 * function after the batch minus before it. Hence no order, grouping or repetition of the same records changes the sum (I5, I9).
 */
export function foldBatch(input: FoldInput): FoldResult {
  const { context, prior } = input;
  const fold: Fold = { context, ratiosOf: knownRatios(), requests: priorRequests(prior), cells: deltaCells(context.model), predictions: [], labels: [], followUps: [], rejected: [], duplicates: 0 };
  for (const [index, outcome] of input.outcomes.entries()) takeOutcome(fold, index, outcome);
  for (const [index, label] of input.labels.entries()) takeLabel(fold, index, label);
  const followUps = input.followUps ?? [];
  for (const [index, followUp] of followUps.entries()) takeFollowUp(fold, index, followUp);

  const { requests, cells, predictions, labels, rejected, duplicates } = fold;
  for (const record of requests.values()) foldRequest(cells, record, context);
  const units = someEpoch(context, ({ metrics }) => hasRatios(metrics)) ? foldRatios(cells, requests.values(), { context, ratiosOf: fold.ratiosOf, prior: prior.units ?? [] }) : [];
  if (someEpoch(context, ({ health }) => health !== undefined)) foldHealth(fold, { prior: prior.units ?? [], now: units });
  const accepted = input.outcomes.length + input.labels.length + followUps.length - duplicates - rejected.length;
  return { cells: cells.freeze(), predictions, labels, followUps: fold.followUps, units, accepted, duplicates, rejected };
}

/** A batch while it is folded. */
interface Fold {
  readonly context: FoldContext;
  readonly ratiosOf: (epoch: EpochContext) => EpochRatios;
  readonly requests: Map<string, RequestRecord>;
  readonly cells: DeltaCells;
  readonly predictions: Prediction[];
  readonly labels: Label[];
  readonly followUps: FollowUp[];
  readonly rejected: Rejection[];
  duplicates: number;
}

function takeOutcome(fold: Fold, index: number, outcome: Outcome): void {
  const problem = outcomeProblem(outcome, fold.context, fold.ratiosOf);
  if (problem !== null) {
    fold.rejected.push({ of: "outcome", index, ...problem });
    return;
  }
  const epoch = fold.context.epochs[outcome.epoch] as EpochContext;
  const ratios = fold.ratiosOf(epoch);
  if (epoch.keepPredictions || ratios.ratios.length > 0) {
    const record = recordOf(fold.requests, outcome.requestId);
    if (record.predictions.some((known) => known.version === outcome.version && known.mode === outcome.mode)) {
      fold.duplicates++;
      return;
    }
    const prediction = predictionOf(outcome, ratios);
    record.predictions.push(prediction);
    fold.predictions.push(prediction);
  }
  foldOutcome(fold.cells, outcome, epoch);
}

function takeLabel(fold: Fold, index: number, label: Label): void {
  if (label.model !== fold.context.model) {
    fold.rejected.push({ of: "label", index, ...otherModel(label.model, fold.context.model) });
    return;
  }
  const record = recordOf(fold.requests, label.requestId);
  if (record.labels.some((known) => known.revision === label.revision)) {
    fold.duplicates++;
    return;
  }
  record.labels.push(label);
  fold.labels.push(label);
}

function takeFollowUp(fold: Fold, index: number, followUp: FollowUp): void {
  const problem = followUpProblem(followUp, fold.context, fold.ratiosOf);
  if (problem !== null) {
    fold.rejected.push({ of: "followUp", index, ...problem });
    return;
  }
  const record = recordOf(fold.requests, followUp.requestId);
  if (record.followUps.some((known) => known.id === followUp.id)) {
    fold.duplicates++;
    return;
  }
  record.followUps = [...record.followUps, followUp];
  fold.followUps.push(followUp);
}

/** Of each epoch that a batch meets, worked out once. */
function knownRatios(): Fold["ratiosOf"] {
  const known = new Map<EpochContext, EpochRatios>();
  return (epoch) => {
    let ratios = known.get(epoch);
    if (ratios === undefined) known.set(epoch, (ratios = epochRatios(epoch.metrics)));
    return ratios;
  };
}

function foldOutcome(cells: DeltaCells, outcome: Outcome, epoch: EpochContext): void {
  const { version, slot, mode } = outcome;
  const row = cells.row({ epoch: outcome.epoch, bucketStart: bucketStartOf(outcome.at, epoch.bucketMs), version, slot, mode });
  row.count(DERIVED_METRICS.scored, 1);
  for (const metric in outcome.metrics) {
    const kind = epoch.metrics[metric] as MetricSpec;
    // A number that is not declared itself is a field of a ratio.
    if (typeof kind === "string") row.value(metric, kind, outcome.metrics[metric] as number);
  }
}

function someEpoch({ epochs }: FoldContext, asks: (epoch: EpochContext) => boolean): boolean {
  for (const epoch in epochs) if (asks(epochs[epoch] as EpochContext)) return true;
  return false;
}

function foldHealth({ cells, context, requests }: Fold, units: ChangedUnits): void {
  for (const { predictions, labels, followUps, priorPredictions, priorLabels, priorFollowUps } of requests.values()) {
    const prior = { predictions: predictions.slice(0, priorPredictions), labels: labels.slice(0, priorLabels), followUps: followUps.slice(0, priorFollowUps) };
    for (const { row, late } of joinEvidence(prior, context)) countJoined(cells.row(row), late, -1);
    for (const { row, late } of joinEvidence({ predictions, labels, followUps }, context)) countJoined(cells.row(row), late, 1);
  }
  for (const { row, sign } of crossedUnits(units)) if (context.epochs[row.epoch]?.health !== undefined) cells.row(row).count(DERIVED_METRICS.crossed, sign);
}

function countJoined(row: ReturnType<DeltaCells["row"]>, late: boolean, sign: 1 | -1): void {
  row.count(DERIVED_METRICS.joined, sign);
  if (late) row.count(DERIVED_METRICS.late, sign);
}

/** Adds what the request contributes now, and takes away what it contributed before the batch. */
function foldRequest(cells: DeltaCells, record: RequestRecord, context: FoldContext): void {
  const { predictions, labels, priorPredictions, priorLabels } = record;
  if (predictions.length === priorPredictions && labels.length === priorLabels) return;
  const before = labelEvidence(predictions.slice(0, priorPredictions), labels.slice(0, priorLabels), context);
  const after = labelEvidence(predictions, labels, context);
  for (const contribution of before) contribute(cells, contribution, -1);
  for (const contribution of after) contribute(cells, contribution, 1);
}

function contribute(cells: DeltaCells, contribution: LabelContribution, sign: 1 | -1): void {
  const row = cells.row(contribution.row);
  switch (contribution.kind) {
    case "labelled":
      row.count(DERIVED_METRICS.labelled, sign);
      break;
    case "confusion":
      row.confusion(contribution.cell, sign);
      break;
    case "paired":
      row.paired(contribution.cell, sign);
      break;
    default:
      contribution satisfies never;
  }
}

function priorRequests(prior: FoldInput["prior"]): Map<string, RequestRecord> {
  const requests = new Map<string, RequestRecord>();
  for (const prediction of prior.predictions) recordOf(requests, prediction.requestId).predictions.push(prediction);
  for (const label of prior.labels) recordOf(requests, label.requestId).labels.push(label);
  for (const [requestId, followUps] of Map.groupBy(prior.followUps ?? [], (followUp) => followUp.requestId)) recordOf(requests, requestId).followUps = followUps;
  for (const record of requests.values()) {
    record.priorPredictions = record.predictions.length;
    record.priorLabels = record.labels.length;
    record.priorFollowUps = record.followUps.length;
  }
  return requests;
}

const NO_FOLLOW_UPS: readonly FollowUp[] = [];

function recordOf(requests: Map<string, RequestRecord>, requestId: string): RequestRecord {
  let record = requests.get(requestId);
  if (record === undefined) {
    record = { predictions: [], labels: [], followUps: NO_FOLLOW_UPS, priorPredictions: 0, priorLabels: 0, priorFollowUps: 0 };
    requests.set(requestId, record);
  }
  return record;
}

function predictionOf(outcome: Outcome, ratios: EpochRatios): Prediction {
  const { requestId, model, version, slot, mode, epoch, at, prediction } = outcome;
  const kept = { requestId, model, version, slot, mode, epoch, at, prediction };
  return ratios.ratios.length === 0 ? kept : { ...kept, forRatios: { unit: outcome.unit, fields: fieldsOf(outcome.metrics, ratios) } };
}
