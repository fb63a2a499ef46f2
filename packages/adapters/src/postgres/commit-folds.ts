import { mergeStatistics } from "@gauntlet/core";
import type { EvidenceCell, Label, Prediction } from "@gauntlet/core";
import { cellKey, stageFolds } from "../sql/stage-folds.ts";
import type { FoldJob, FoldResult, StagedFolds, StoredBatch, StoredRecords } from "../sql/stage-folds.ts";
import { parseStatistic, statisticText } from "../sql/statistic-text.ts";
import type { Database, Queries } from "./database.ts";

/** Folds several batches of one model in one transaction. Returns what came of each, in order; throws when nothing was stored. */
export async function commitFolds(database: Database, jobs: readonly FoldJob[]): Promise<readonly FoldResult[]> {
  const model = jobs[0]?.batch.model ?? "";
  return database.transaction(modelLock(model), async (queries) => {
    const staged = stageFolds(jobs, await readRecords(queries, model, jobs));
    await write(queries, model, staged);
    return staged.results;
  });
}

/** The lock under which evidence of a model is changed, in every process. */
export function modelLock(model: string): string {
  return `evidence ${model}`;
}

async function readRecords(queries: Queries, model: string, jobs: readonly FoldJob[]): Promise<StoredRecords> {
  const requestIds = [...new Set(jobs.flatMap((job) => job.batch.requestIds))];
  return {
    batches: await queries.all<StoredBatch>(
      `SELECT batch_id AS "batchId", digest, answer FROM @.batches WHERE model = $1 AND batch_id = ANY ($2)`,
      model,
      jobs.map((job) => job.batch.batchId),
    ),
    predictions: await queries.all<Prediction>(
      `SELECT request_id AS "requestId", model, version, slot, mode, epoch, at, prediction FROM @.predictions WHERE model = $1 AND request_id = ANY ($2)`,
      model,
      requestIds,
    ),
    labels: await queries.all<Label>(
      `SELECT request_id AS "requestId", model, revision, truth, source, labelled_at AS "labelledAt" FROM @.labels WHERE model = $1 AND request_id = ANY ($2) ORDER BY request_id, revision`,
      model,
      requestIds,
    ),
  };
}

async function write(queries: Queries, model: string, { batches, deltas, labels, predictions }: StagedFolds): Promise<void> {
  if (predictions.length > 0) {
    await queries.run(
      `INSERT INTO @.predictions (model, request_id, version, slot, mode, epoch, at, prediction)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::boolean[]) ON CONFLICT DO NOTHING`,
      model,
      ...columnsOf(predictions, ["requestId", "version", "slot", "mode", "epoch", "at", "prediction"]),
    );
  }
  if (labels.length > 0) {
    await queries.run(
      `INSERT INTO @.labels (model, request_id, revision, truth, source, labelled_at)
       SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::boolean[], $5::text[], $6::bigint[]) ON CONFLICT DO NOTHING`,
      model,
      ...columnsOf(labels, ["requestId", "revision", "truth", "source", "labelledAt"]),
    );
  }
  if (batches.length > 0) {
    await queries.run(
      "INSERT INTO @.batches (model, batch_id, digest, answer) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[])",
      model,
      ...columnsOf(batches, ["batchId", "digest", "answer"]),
    );
  }
  if (deltas.length > 0) await mergeCells(queries, model, deltas);
}

async function mergeCells(queries: Queries, model: string, deltas: readonly EvidenceCell[]): Promise<void> {
  const keys = columnsOf(deltas, ["epoch", "bucketStart", "metric", "version", "slot", "mode"]);
  const stored = await queries.all<Omit<EvidenceCell, "model" | "statistic"> & { readonly statistic: string }>(
    `SELECT epoch, bucket_start AS "bucketStart", metric, version, slot, mode, statistic
     FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]) AS wanted (epoch, bucket_start, metric, version, slot, mode)
     JOIN @.cells USING (epoch, bucket_start, metric, version, slot, mode) WHERE model = $1`,
    model,
    ...keys,
  );
  const before = new Map(stored.map((row) => [cellKey(row), row.statistic]));
  const merged = deltas.map((delta) => {
    const text = before.get(cellKey(delta));
    return statisticText(text === undefined ? delta.statistic : mergeStatistics(parseStatistic(text), delta.statistic));
  });
  await queries.run(
    `INSERT INTO @.cells (model, epoch, bucket_start, metric, version, slot, mode, statistic)
     SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
     ON CONFLICT (model, epoch, bucket_start, metric, version, slot, mode) DO UPDATE SET statistic = excluded.statistic`,
    model,
    ...keys,
    merged,
  );
}

/** Rows as one array a column, in the order of `unnest`. */
function columnsOf<Row>(rows: readonly Row[], names: readonly (keyof Row)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]));
}
