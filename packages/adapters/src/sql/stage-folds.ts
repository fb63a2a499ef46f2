import { checkDigest, checkFold, unitsOf, unitText } from "@gauntlet/controller";
import type { FoldBatch, FoldReceipt, FoldWrites, PriorRecords, UnitRef } from "@gauntlet/controller";
import { canonicalJson, mergeStatistics } from "@gauntlet/core";
import type { EvidenceCell, FollowUp, Label, Prediction, UnitTotals } from "@gauntlet/core";

/** A fold that waits for its transaction. */
export interface FoldJob {
  readonly batch: FoldBatch;
  readonly compute: (prior: PriorRecords) => FoldWrites;
}

/** What the database knows of the batches and requests of some jobs of one model. */
export interface StoredRecords {
  readonly batches: readonly StoredBatch[];
  readonly predictions: readonly Prediction[];
  /** By revision, ascending, within each request. */
  readonly labels: readonly Label[];
  /** Empty unless a job names units. */
  readonly followUps: readonly FollowUp[];
  readonly units: readonly UnitTotals[];
}

export interface StoredBatch {
  readonly batchId: string;
  readonly digest: string;
  /** Canonical JSON. */
  readonly answer: string;
}

/** A batch that is new. */
interface FoldedBatch extends StoredBatch {
  /** When it was folded. */
  readonly at: number;
}

/** The rows that one transaction writes for several folds of one model. */
export interface StagedFolds {
  /** For each job, in order. */
  readonly results: readonly FoldResult[];
  readonly batches: readonly FoldedBatch[];
  readonly predictions: readonly Prediction[];
  readonly labels: readonly Label[];
  readonly followUps: readonly FollowUp[];
  /** One a key: to be put in place of what is stored. */
  readonly units: readonly UnitTotals[];
  /** One a key: to be merged with what is stored. */
  readonly deltas: readonly EvidenceCell[];
}

export type FoldResult = { readonly kind: "receipt"; readonly receipt: FoldReceipt } | { readonly kind: "refused"; readonly error: unknown };

/**
 * Computes the folds of one model one after another, each seeing the records of those before it, as if each had
 * had its own transaction. A job that fails contributes nothing and does not disturb the others.
 */
export function stageFolds(jobs: readonly FoldJob[], stored: StoredRecords): StagedFolds {
  const stage = openStage(stored);
  const results = jobs.map((job): FoldResult => {
    try {
      return { kind: "receipt", receipt: stageFold(stage, job) };
    } catch (error) {
      return { kind: "refused", error };
    }
  });
  const { newBatches: batches, newPredictions: predictions, newLabels: labels, newFollowUps: followUps, newUnits, deltas } = stage;
  return { results, batches, predictions, labels, followUps, units: [...newUnits.values()], deltas: [...deltas.values()] };
}

/** The requests whose follow-ups some jobs must see: none where no ratio is involved, and nothing is then looked up. */
export function followedRequests(jobs: readonly FoldJob[]): readonly string[] {
  return jobs.flatMap(({ batch }) => (batch.units === undefined ? [] : batch.requestIds));
}

/** The units whose totals some jobs must see, given the predictions that were found for them. */
export function wantedUnits(jobs: readonly FoldJob[], predictions: readonly Prediction[]): readonly UnitRef[] {
  const named = jobs.filter(({ batch }) => batch.units !== undefined);
  const [first] = named;
  return first === undefined ? [] : unitsOf({ ...first.batch, units: named.flatMap(({ batch }) => batch.units ?? []) }, predictions);
}

interface Stage {
  readonly batches: Map<string, StoredBatch>;
  readonly predictions: Map<string, Prediction[]>;
  readonly labels: Map<string, Label[]>;
  readonly followUps: Map<string, FollowUp[]>;
  /** By unit, then by row. */
  readonly units: Map<string, Map<string, UnitTotals>>;
  readonly newBatches: FoldedBatch[];
  readonly newPredictions: Prediction[];
  readonly newLabels: Label[];
  readonly newFollowUps: FollowUp[];
  readonly newUnits: Map<string, UnitTotals>;
  readonly deltas: Map<string, EvidenceCell>;
}

function openStage(stored: StoredRecords): Stage {
  const units = new Map<string, Map<string, UnitTotals>>();
  for (const totals of stored.units) putTotals(units, totals);
  return {
    batches: new Map(stored.batches.map((batch) => [batch.batchId, batch])),
    predictions: Map.groupBy(stored.predictions, (prediction) => prediction.requestId),
    labels: Map.groupBy(stored.labels, (label) => label.requestId),
    followUps: Map.groupBy(stored.followUps, (followUp) => followUp.requestId),
    units,
    newBatches: [],
    newPredictions: [],
    newLabels: [],
    newFollowUps: [],
    newUnits: new Map(),
    deltas: new Map(),
  };
}

function stageFold(stage: Stage, { batch, compute }: FoldJob): FoldReceipt {
  const known = stage.batches.get(batch.batchId);
  if (known !== undefined) {
    checkDigest(batch, known.digest);
    return { folded: false, answer: JSON.parse(known.answer) as unknown };
  }
  const prior = priorOf(stage, batch);
  const writes = compute(prior);
  checkFold(batch, writes, prior);
  const answer = canonicalJson(writes.answer);
  const merged = mergeDeltas(stage.deltas, writes.cells);
  // Nothing below can fail: a fold is staged entirely or not at all.
  for (const [key, cell] of merged) stage.deltas.set(key, cell);
  for (const prediction of writes.predictions) stagePrediction(stage, prediction);
  for (const label of writes.labels) stageLabel(stage, label);
  for (const followUp of writes.followUps ?? []) stageFollowUp(stage, followUp);
  for (const totals of writes.units ?? []) {
    putTotals(stage.units, totals);
    stage.newUnits.set(`${unitText(totals)} ${rowText(totals)}`, totals);
  }
  const row = { batchId: batch.batchId, digest: batch.digest, answer, at: batch.at };
  stage.batches.set(batch.batchId, row);
  stage.newBatches.push(row);
  return { folded: true, answer: writes.answer };
}

function priorOf(stage: Stage, batch: FoldBatch): PriorRecords {
  const predictions: Prediction[] = [];
  const labels: Label[] = [];
  const followUps: FollowUp[] = [];
  for (const requestId of new Set(batch.requestIds)) {
    const ofRequest = stage.predictions.get(requestId);
    if (ofRequest !== undefined) predictions.push(...ofRequest);
    const revisions = stage.labels.get(requestId);
    if (revisions !== undefined) labels.push(...revisions);
    const later = batch.units === undefined ? undefined : stage.followUps.get(requestId);
    if (later !== undefined) followUps.push(...later);
  }
  const units = unitsOf(batch, predictions).flatMap((unit) => [...(stage.units.get(unitText(unit))?.values() ?? [])]);
  return { predictions, labels, followUps, units };
}

function mergeDeltas(present: ReadonlyMap<string, EvidenceCell>, cells: readonly EvidenceCell[]): Map<string, EvidenceCell> {
  const merged = new Map<string, EvidenceCell>();
  for (const cell of cells) {
    const key = cellKey(cell);
    const before = merged.get(key) ?? present.get(key);
    merged.set(key, before === undefined ? cell : { ...cell, statistic: mergeStatistics(before.statistic, cell.statistic) });
  }
  return merged;
}

/** What names a cell within its model. */
export function cellKey(cell: Omit<EvidenceCell, "model" | "statistic">): string {
  return JSON.stringify([cell.epoch, cell.bucketStart, cell.metric, cell.version, cell.slot, cell.mode]);
}

function stagePrediction(stage: Stage, prediction: Prediction): void {
  const ofRequest = stage.predictions.get(prediction.requestId);
  if (ofRequest === undefined) stage.predictions.set(prediction.requestId, [prediction]);
  else if (ofRequest.some((other) => other.version === prediction.version && other.mode === prediction.mode)) return;
  else ofRequest.push(prediction);
  stage.newPredictions.push(prediction);
}

function stageLabel(stage: Stage, label: Label): void {
  const revisions = stage.labels.get(label.requestId) ?? [];
  if (revisions.some((other) => other.revision === label.revision)) return;
  stage.labels.set(label.requestId, [...revisions, label].toSorted((a, b) => a.revision - b.revision));
  stage.newLabels.push(label);
}

function stageFollowUp(stage: Stage, followUp: FollowUp): void {
  const ofRequest = stage.followUps.get(followUp.requestId);
  if (ofRequest === undefined) stage.followUps.set(followUp.requestId, [followUp]);
  else if (ofRequest.some((other) => other.id === followUp.id)) return;
  else ofRequest.push(followUp);
  stage.newFollowUps.push(followUp);
}

function putTotals(units: Stage["units"], totals: UnitTotals): void {
  const key = unitText(totals);
  const rows = units.get(key);
  if (rows === undefined) units.set(key, new Map([[rowText(totals), totals]]));
  else rows.set(rowText(totals), totals);
}

function rowText({ version, slot, mode, bucketStart }: UnitTotals): string {
  return JSON.stringify([version, slot, mode, bucketStart]);
}
