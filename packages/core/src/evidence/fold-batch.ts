import { isoTime } from "../digest/iso-time.ts";
import { nearest } from "../failure/nearest.ts";
import type { FailureCode } from "../failure/failure.ts";
import type { Label, Outcome, Prediction } from "../outcome/outcome.ts";
import { valueProblem } from "./accumulator.ts";
import { deltaCells, type DeltaCells } from "./delta-cells.ts";
import { DERIVED_METRICS, type EvidenceCell, type MetricKind } from "./evidence.ts";
import type { EpochContext, FoldContext } from "./fold-context.ts";
import { labelEvidence, type LabelContribution } from "./label-evidence.ts";
import { bucketStartOf } from "./time-bucket.ts";

export interface FoldInput {
  readonly outcomes: readonly Outcome[];
  readonly labels: readonly Label[];
  /** What is stored about the requests of the batch. */
  readonly prior: { readonly predictions: readonly Prediction[]; readonly labels: readonly Label[] };
  readonly context: FoldContext;
}

export interface FoldResult {
  /** Deltas, at most one a key and none empty; sorted by (epoch, bucketStart, metric, version, slot, mode). */
  readonly cells: readonly EvidenceCell[];
  /** To be kept, beside those of `prior`. */
  readonly predictions: readonly Prediction[];
  readonly labels: readonly Label[];
  /** Outcomes and labels that were new. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly Rejection[];
}

/** `index` is the place in `outcomes` or in `labels`, as `of` says. */
export interface Rejection {
  readonly of: "outcome" | "label";
  readonly index: number;
  readonly code: FailureCode;
  readonly detail: string;
  readonly fix: string;
}

/** One request as far as labels and pairs go: what is known of it before the batch, and what the batch adds. */
interface RequestRecord {
  readonly predictions: Prediction[];
  readonly labels: Label[];
  priorPredictions: number;
  priorLabels: number;
}

/**
 * Turns a batch into deltas of evidence. Pure.
 *
 * Whatever is derived from labels is a function of the *set* of records of a request, and the delta is that function
 * after the batch minus before it. Hence no order, grouping or repetition of the same records changes the sum (I5, I9).
 */
export function foldBatch(input: FoldInput): FoldResult {
  const { context } = input;
  const requests = priorRequests(input.prior);
  const cells = deltaCells(context.model);
  const predictions: Prediction[] = [];
  const labels: Label[] = [];
  const rejected: Rejection[] = [];
  let duplicates = 0;

  for (const [index, outcome] of input.outcomes.entries()) {
    const problem = outcomeProblem(outcome, context);
    if (problem !== null) {
      rejected.push({ of: "outcome", index, ...problem });
      continue;
    }
    const epoch = context.epochs[outcome.epoch] as EpochContext;
    if (epoch.keepPredictions) {
      const record = recordOf(requests, outcome.requestId);
      if (record.predictions.some((known) => known.version === outcome.version && known.mode === outcome.mode)) {
        duplicates++;
        continue;
      }
      const prediction = predictionOf(outcome);
      record.predictions.push(prediction);
      predictions.push(prediction);
    }
    foldOutcome(cells, outcome, epoch);
  }

  for (const [index, label] of input.labels.entries()) {
    if (label.model !== context.model) {
      rejected.push({ of: "label", index, ...otherModel(label.model, context.model) });
      continue;
    }
    const record = recordOf(requests, label.requestId);
    if (record.labels.some((known) => known.revision === label.revision)) {
      duplicates++;
      continue;
    }
    record.labels.push(label);
    labels.push(label);
  }

  for (const record of requests.values()) foldRequest(cells, record, context);
  return { cells: cells.freeze(), predictions, labels, accepted: input.outcomes.length + input.labels.length - duplicates - rejected.length, duplicates, rejected };
}

function foldOutcome(cells: DeltaCells, outcome: Outcome, epoch: EpochContext): void {
  const { version, slot, mode } = outcome;
  const row = cells.row({ epoch: outcome.epoch, bucketStart: bucketStartOf(outcome.at, epoch.bucketMs), version, slot, mode });
  row.count(DERIVED_METRICS.scored, 1);
  for (const metric in outcome.metrics) row.value(metric, epoch.metrics[metric] as MetricKind, outcome.metrics[metric] as number);
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

type OutcomeProblem = Omit<Rejection, "of" | "index">;

function outcomeProblem(outcome: Outcome, context: FoldContext): OutcomeProblem | null {
  if (outcome.model !== context.model) return otherModel(outcome.model, context.model);
  const epoch = Object.hasOwn(context.epochs, outcome.epoch) ? context.epochs[outcome.epoch] : undefined;
  if (epoch === undefined) {
    const known = Object.keys(context.epochs);
    return {
      code: "unknown_version",
      detail: `epoch ${outcome.epoch} is not an epoch of "${context.model}" that takes outcomes (${known.length === 0 ? "none does now" : `those are ${known.join(", ")}`})`,
      fix: "report the epoch of the allocation that served the request",
    };
  }
  if (outcome.version !== epoch.championVersion && outcome.version !== epoch.challengerVersion) {
    const challenger = epoch.challengerVersion === null ? "" : ` and ${epoch.challengerVersion}`;
    return {
      code: "unknown_version",
      detail: `version "${outcome.version}" did not serve in epoch ${outcome.epoch}; ${epoch.championVersion}${challenger} did`,
      fix: "report the version of the allocation that served the request",
    };
  }
  if (epoch.countedFrom !== undefined && outcome.at < epoch.countedFrom) {
    return {
      code: "invalid_input",
      detail: `it was served at ${isoTime(outcome.at)}, and outcomes of epoch ${outcome.epoch} are taken from ${isoTime(epoch.countedFrom)} on: older ones may have been counted and forgotten`,
      fix: "send outcomes sooner; how long they are taken follows from the policy's window and the maturity of its labels",
    };
  }
  return metricProblem(outcome, epoch.metrics);
}

function metricProblem(outcome: Outcome, declared: EpochContext["metrics"]): OutcomeProblem | null {
  for (const metric in outcome.metrics) {
    if (!Object.hasOwn(declared, metric)) {
      const near = nearest(metric, Object.keys(declared));
      return {
        code: "invalid_input",
        detail: `metric "${metric}" is not declared in the policy`,
        fix: near === null ? `declare it under metrics, or send only ${Object.keys(declared).join(", ") || "outcomes without metrics"}` : `did you mean "${near}"?`,
      };
    }
    const problem = valueProblem(declared[metric] as MetricKind, outcome.metrics[metric] as number);
    if (problem !== null) return { code: "invalid_input", detail: `metric "${metric}": ${problem}`, fix: "send a value in the range of the metric's kind, or leave the metric out" };
  }
  return null;
}

function otherModel(given: string, wanted: string): OutcomeProblem {
  return { code: "invalid_input", detail: `it is about model "${given}", but the batch is about "${wanted}"`, fix: "send one batch for each model" };
}

function priorRequests(prior: FoldInput["prior"]): Map<string, RequestRecord> {
  const requests = new Map<string, RequestRecord>();
  for (const prediction of prior.predictions) recordOf(requests, prediction.requestId).predictions.push(prediction);
  for (const label of prior.labels) recordOf(requests, label.requestId).labels.push(label);
  for (const record of requests.values()) {
    record.priorPredictions = record.predictions.length;
    record.priorLabels = record.labels.length;
  }
  return requests;
}

function recordOf(requests: Map<string, RequestRecord>, requestId: string): RequestRecord {
  let record = requests.get(requestId);
  if (record === undefined) {
    record = { predictions: [], labels: [], priorPredictions: 0, priorLabels: 0 };
    requests.set(requestId, record);
  }
  return record;
}

function predictionOf(outcome: Outcome): Prediction {
  const { requestId, model, version, slot, mode, epoch, at, prediction } = outcome;
  return { requestId, model, version, slot, mode, epoch, at, prediction };
}
