import type { UnitRef } from "@gauntlet/controller";
import { canonicalJson, mergeStatistics } from "@gauntlet/core";
import type { FollowUp, Label, Mode, Prediction, UnitTotals } from "@gauntlet/core";
import { requestHash, requestHashes } from "../sql/request-hash.ts";
import type { FoldJob, FoldResult, StagedFolds, StoredBatch, StoredRecords } from "../sql/stage-folds.ts";
import { followedRequests, stageFolds, wantedUnits } from "../sql/stage-folds.ts";
import { parseStatistic, statisticText } from "../sql/statistic-text.ts";
import type { Database } from "./database.ts";
import type { RequestIndex } from "./request-index.ts";

/** Where folds are written. */
export interface FoldTables {
  readonly database: Database;
  readonly index: RequestIndex;
}

/** Folds several batches in one durable transaction. Returns what came of each, in order; throws when nothing was stored. */
export function commitFolds({ database, index }: FoldTables, jobs: readonly FoldJob[]): readonly FoldResult[] {
  return database.transaction(() => {
    const results = new Map<FoldJob, FoldResult>();
    for (const [model, ofModel] of Map.groupBy(jobs, (job) => job.batch.model)) {
      const staged = stageFolds(ofModel, readRecords(database, model, ofModel));
      write({ database, index }, model, staged);
      for (const [index, job] of ofModel.entries()) results.set(job, staged.results[index] as FoldResult);
    }
    return jobs.map((job) => results.get(job) as FoldResult);
  });
}

function readRecords(database: Database, model: string, jobs: readonly FoldJob[]): StoredRecords {
  const batchIds = JSON.stringify(jobs.map((job) => job.batch.batchId));
  const hashes = JSON.stringify(requestHashes(jobs.flatMap((job) => job.batch.requestIds)));
  const predictions = database
    .all<PredictionRow>(FIND_PREDICTIONS, hashes)
    .filter((row) => row.model === model)
    .map(predictionOf);
  return {
    batches: database.all<StoredBatch>(
      "SELECT batch_id AS batchId, digest, answer FROM batches WHERE model = ? AND batch_id IN (SELECT value FROM json_each(?))",
      model,
      batchIds,
    ),
    predictions,
    labels: database
      .all<LabelRow>("SELECT model, request_id, revision, truth, source, labelled_at FROM labels WHERE request_hash IN (SELECT value FROM json_each(?)) ORDER BY revision", hashes)
      .filter((row) => row.model === model)
      .map(labelOf),
    followUps: readFollowUps(database, model, followedRequests(jobs)),
    units: readUnits(database, model, wantedUnits(jobs, predictions)),
  };
}

function readFollowUps(database: Database, model: string, requestIds: readonly string[]): readonly FollowUp[] {
  if (requestIds.length === 0) return [];
  const sql = "SELECT model, request_id AS requestId, id, at, metrics FROM follow_ups WHERE request_hash IN (SELECT value FROM json_each(?))";
  return database
    .all<Omit<FollowUp, "metrics"> & { readonly metrics: string }>(sql, JSON.stringify(requestHashes(requestIds)))
    .filter((row) => row.model === model)
    .map((row) => ({ ...row, metrics: JSON.parse(row.metrics) as FollowUp["metrics"] }));
}

function readUnits(database: Database, model: string, units: readonly UnitRef[]): readonly UnitTotals[] {
  if (units.length === 0) return [];
  const wanted = JSON.stringify(units.map(({ epoch, unit }) => [epoch, unit]));
  return database.all<UnitRow>(FIND_UNITS, wanted, model).map((row) => ({ ...row, sums: JSON.parse(row.sums) as UnitTotals["sums"] }));
}

/** CROSS JOIN: the order of the tables is the order of the search. */
const FIND_UNITS = `
  SELECT u.model, u.epoch, u.unit, u.version, u.slot, u.mode, u.bucket_start AS bucketStart, u.bucket_end AS bucketEnd, u.requests, u.sums
    FROM json_each(?1) wanted CROSS JOIN unit_totals u
    ON u.model = ?2 AND u.epoch = json_extract(wanted.value, '$[0]') AND u.unit = json_extract(wanted.value, '$[1]')`;

type UnitRow = Omit<UnitTotals, "sums"> & { readonly sums: string };

const FIND_PREDICTIONS = `
  SELECT p.model, p.request_id, p.version, p.slot, p.mode, p.epoch, p.at, p.prediction, p.for_ratios
    FROM json_each(?1) wanted CROSS JOIN new_requests r ON r.request_hash = wanted.value CROSS JOIN predictions p ON p.id = r.id
  UNION ALL SELECT p.model, p.request_id, p.version, p.slot, p.mode, p.epoch, p.at, p.prediction, p.for_ratios
    FROM json_each(?1) wanted CROSS JOIN old_requests r ON r.request_hash = wanted.value CROSS JOIN predictions p ON p.id = r.id`;

function write({ database, index }: FoldTables, model: string, staged: StagedFolds): void {
  for (const cell of staged.deltas) {
    const { epoch, bucketStart, metric, version, slot, mode } = cell;
    const stored = database.get<{ readonly statistic: string }>(
      "SELECT statistic FROM cells WHERE model = ? AND epoch = ? AND bucket_start = ? AND metric = ? AND version = ? AND slot = ? AND mode = ?",
      model, epoch, bucketStart, metric, version, slot, mode,
    );
    const merged = stored === undefined ? cell.statistic : mergeStatistics(parseStatistic(stored.statistic), cell.statistic);
    database.run(
      "INSERT INTO cells (model, epoch, bucket_start, metric, version, slot, mode, statistic) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET statistic = excluded.statistic",
      model, epoch, bucketStart, metric, version, slot, mode, statisticText(merged),
    );
  }
  const newest = staged.predictions.length === 0 ? null : index.newest();
  for (const { requestId, version, slot, mode, epoch, at, prediction, forRatios } of staged.predictions) {
    database.run(
      "INSERT INTO predictions (request_hash, model, request_id, version, slot, mode, epoch, at, prediction, for_ratios) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      requestHash(requestId), model, requestId, version, slot, mode, epoch, at, prediction === null ? null : Number(prediction), forRatios === undefined ? null : canonicalJson(forRatios),
    );
  }
  if (newest !== null) index.addAfter(newest);
  for (const { requestId, revision, truth, source, labelledAt } of staged.labels) {
    database.run(
      "INSERT INTO labels (request_hash, model, request_id, revision, truth, source, labelled_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      requestHash(requestId), model, requestId, revision, Number(truth), source, labelledAt,
    );
  }
  for (const { requestId, id, at, metrics } of staged.followUps) {
    database.run("INSERT INTO follow_ups (request_hash, model, request_id, id, at, metrics) VALUES (?, ?, ?, ?, ?, ?)", requestHash(requestId), model, requestId, id, at, canonicalJson(metrics));
  }
  for (const { epoch, unit, version, slot, mode, bucketStart, bucketEnd, requests, sums } of staged.units) {
    database.run(
      `INSERT INTO unit_totals (model, epoch, unit, version, slot, mode, bucket_start, bucket_end, requests, sums) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET requests = excluded.requests, sums = excluded.sums`,
      model, epoch, unit, version, slot, mode, bucketStart, bucketEnd, requests, canonicalJson(sums),
    );
  }
  for (const { batchId, digest, answer, at } of staged.batches) {
    database.run("INSERT INTO batches (model, batch_id, digest, answer, folded_at) VALUES (?, ?, ?, ?, ?)", model, batchId, digest, answer, at);
  }
}

interface PredictionRow {
  readonly model: string;
  readonly request_id: string;
  readonly version: string;
  readonly slot: string;
  readonly mode: Mode;
  readonly epoch: number;
  readonly at: number;
  readonly prediction: number | null;
  /** JSON. */
  readonly for_ratios: string | null;
}

function predictionOf(row: PredictionRow): Prediction {
  const { model, version, slot, mode, epoch, at } = row;
  const found = { requestId: row.request_id, model, version, slot, mode, epoch, at, prediction: row.prediction === null ? null : row.prediction === 1 };
  return row.for_ratios === null ? found : { ...found, forRatios: JSON.parse(row.for_ratios) as NonNullable<Prediction["forRatios"]> };
}

interface LabelRow {
  readonly model: string;
  readonly request_id: string;
  readonly revision: number;
  readonly truth: number;
  readonly source: string;
  readonly labelled_at: number;
}

function labelOf(row: LabelRow): Label {
  return { requestId: row.request_id, model: row.model, revision: row.revision, truth: row.truth === 1, source: row.source, labelledAt: row.labelled_at };
}
