import type { UnitRef } from "@gauntlet/controller";
import { canonicalJson, mergeStatistics } from "@gauntlet/core";
import type { EvidenceCell, FollowUp, Label, Prediction, UnitTotals } from "@gauntlet/core";
import { requestHash, requestHashes } from "../sql/request-hash.ts";
import { cellKey, followedRequests, stageFolds, wantedUnits } from "../sql/stage-folds.ts";
import type { FoldJob, FoldResult, StagedFolds, StoredBatch, StoredRecords } from "../sql/stage-folds.ts";
import { parseStatistic, statisticText } from "../sql/statistic-text.ts";
import { arrayText } from "./array-text.ts";
import type { ArrayValue } from "./array-text.ts";
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

/*
 * Lookups are LATERAL … OFFSET 0, which PostgreSQL carries out as it is written: one index scan for each thing wanted.
 * Left to itself, and with the statistics of a table that has just begun to grow, it reads the whole table instead.
 */

async function readRecords(queries: Queries, model: string, jobs: readonly FoldJob[]): Promise<StoredRecords> {
  const hashes = requestHashes(jobs.flatMap((job) => job.batch.requestIds));
  const batches = await queries.all<StoredBatch>(
    `SELECT found.* FROM unnest($2::text[]) AS wanted (id)
     CROSS JOIN LATERAL (SELECT batch_id AS "batchId", digest, answer FROM @.batches WHERE model = $1 AND batch_id = wanted.id OFFSET 0) AS found`,
    model,
    arrayText(jobs.map((job) => job.batch.batchId)),
  );
  if (hashes.length === 0) return { batches, predictions: [], labels: [], followUps: [], units: await readUnits(queries, model, wantedUnits(jobs, [])) };
  const wanted = arrayText(hashes);
  const found = await queries.all<Omit<Prediction, "forRatios"> & { readonly forRatios: string | null }>(
    `SELECT found.* FROM unnest($2::integer[]) AS wanted (hash)
     CROSS JOIN LATERAL (SELECT request_id AS "requestId", model, version, slot, mode, epoch, at, prediction, for_ratios AS "forRatios" FROM @.predictions WHERE request_hash = wanted.hash OFFSET 0) AS found
     WHERE found.model = $1`,
    model,
    wanted,
  );
  const predictions = found.map(({ forRatios, ...row }): Prediction => (forRatios === null ? row : { ...row, forRatios: JSON.parse(forRatios) as NonNullable<Prediction["forRatios"]> }));
  return {
    batches,
    predictions,
    labels: await queries.all<Label>(
      `SELECT found.* FROM unnest($2::integer[]) AS wanted (hash)
       CROSS JOIN LATERAL (SELECT request_id AS "requestId", model, revision, truth, source, labelled_at AS "labelledAt" FROM @.labels WHERE request_hash = wanted.hash OFFSET 0) AS found
       WHERE found.model = $1 ORDER BY found.revision`,
      model,
      wanted,
    ),
    followUps: await readFollowUps(queries, model, followedRequests(jobs)),
    units: await readUnits(queries, model, wantedUnits(jobs, predictions)),
  };
}

async function readFollowUps(queries: Queries, model: string, requestIds: readonly string[]): Promise<readonly FollowUp[]> {
  if (requestIds.length === 0) return [];
  const rows = await queries.all<Omit<FollowUp, "metrics"> & { readonly metrics: string }>(
    `SELECT found.* FROM unnest($2::integer[]) AS wanted (hash)
     CROSS JOIN LATERAL (SELECT model, request_id AS "requestId", id, at, metrics FROM @.follow_ups WHERE request_hash = wanted.hash OFFSET 0) AS found
     WHERE found.model = $1`,
    model,
    arrayText(requestHashes(requestIds)),
  );
  return rows.map((row) => ({ ...row, metrics: JSON.parse(row.metrics) as FollowUp["metrics"] }));
}

async function readUnits(queries: Queries, model: string, units: readonly UnitRef[]): Promise<readonly UnitTotals[]> {
  if (units.length === 0) return [];
  const rows = await queries.all<Omit<UnitTotals, "sums"> & { readonly sums: string }>(
    `SELECT found.* FROM unnest($2::bigint[], $3::text[]) AS wanted (epoch, unit)
     CROSS JOIN LATERAL (
       SELECT model, epoch, unit, version, slot, mode, bucket_start AS "bucketStart", bucket_end AS "bucketEnd", requests, sums
       FROM @.unit_totals u WHERE u.model = $1 AND u.epoch = wanted.epoch AND u.unit = wanted.unit OFFSET 0
     ) AS found`,
    model,
    ...columnsOf(units, ["epoch", "unit"]),
  );
  return rows.map((row) => ({ ...row, sums: JSON.parse(row.sums) as UnitTotals["sums"] }));
}

async function write(queries: Queries, model: string, staged: StagedFolds): Promise<void> {
  const { batches, deltas, followUps, labels, units } = staged;
  await writePredictions(queries, model, staged.predictions);
  if (labels.length > 0) {
    await queries.run(
      `INSERT INTO @.labels (model, request_hash, request_id, revision, truth, source, labelled_at)
       SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::boolean[], $6::text[], $7::bigint[])`,
      model,
      arrayText(labels.map(({ requestId }) => requestHash(requestId))),
      ...columnsOf(labels, ["requestId", "revision", "truth", "source", "labelledAt"]),
    );
  }
  if (batches.length > 0) {
    await queries.run(
      "INSERT INTO @.batches (model, batch_id, digest, answer, folded_at) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])",
      model,
      ...columnsOf(batches, ["batchId", "digest", "answer", "at"]),
    );
  }
  if (followUps.length > 0) {
    await queries.run(
      `INSERT INTO @.follow_ups (model, request_hash, request_id, id, at, metrics)
       SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::text[], $5::bigint[], $6::text[])`,
      model,
      arrayText(followUps.map(({ requestId }) => requestHash(requestId))),
      ...columnsOf(followUps, ["requestId", "id", "at"]),
      arrayText(followUps.map(({ metrics }) => canonicalJson(metrics))),
    );
  }
  if (units.length > 0) {
    await queries.run(
      `INSERT INTO @.unit_totals (model, epoch, unit, version, slot, mode, bucket_start, bucket_end, requests, sums)
       SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[])
       ON CONFLICT (model, epoch, unit, version, slot, mode, bucket_start) DO UPDATE SET requests = excluded.requests, sums = excluded.sums`,
      model,
      ...columnsOf(units, ["epoch", "unit", "version", "slot", "mode", "bucketStart", "bucketEnd", "requests"]),
      arrayText(units.map(({ sums }) => canonicalJson(sums))),
    );
  }
  if (deltas.length > 0) await mergeCells(queries, model, deltas);
}

/** Those that no ratio needs are most of them, and have a column less. */
async function writePredictions(queries: Queries, model: string, predictions: readonly Prediction[]): Promise<void> {
  const { plain = [], ratios = [] } = Object.groupBy(predictions, ({ forRatios }) => (forRatios === undefined ? "plain" : "ratios"));
  const columns = (rows: readonly Prediction[]): readonly string[] => [
    arrayText(rows.map(({ requestId }) => requestHash(requestId))),
    ...columnsOf(rows as readonly Omit<Prediction, "forRatios">[], ["requestId", "version", "slot", "mode", "epoch", "at", "prediction"]),
  ];
  if (plain.length > 0) {
    await queries.run(
      `INSERT INTO @.predictions (model, request_hash, request_id, version, slot, mode, epoch, at, prediction)
       SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::boolean[])`,
      model,
      ...columns(plain),
    );
  }
  if (ratios.length > 0) {
    await queries.run(
      `INSERT INTO @.predictions (model, request_hash, request_id, version, slot, mode, epoch, at, prediction, for_ratios)
       SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::boolean[], $10::text[])`,
      model,
      ...columns(ratios),
      arrayText(ratios.map(({ forRatios }) => canonicalJson(forRatios ?? null))),
    );
  }
}

async function mergeCells(queries: Queries, model: string, deltas: readonly EvidenceCell[]): Promise<void> {
  const keys = columnsOf(deltas, ["epoch", "bucketStart", "metric", "version", "slot", "mode"]);
  const stored = await queries.all<Omit<EvidenceCell, "model" | "statistic"> & { readonly statistic: string }>(
    `SELECT wanted.epoch, wanted.bucket_start AS "bucketStart", wanted.metric, wanted.version, wanted.slot, wanted.mode, found.statistic
     FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]) AS wanted (epoch, bucket_start, metric, version, slot, mode)
     CROSS JOIN LATERAL (
       SELECT statistic FROM @.cells c
       WHERE c.model = $1 AND c.epoch = wanted.epoch AND c.bucket_start = wanted.bucket_start
         AND c.metric = wanted.metric AND c.version = wanted.version AND c.slot = wanted.slot AND c.mode = wanted.mode OFFSET 0
     ) AS found`,
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
    arrayText(merged),
  );
}

/** Rows as one array a column, in the order of `unnest`. */
function columnsOf<Name extends string>(rows: readonly Readonly<Record<Name, ArrayValue>>[], names: readonly Name[]): string[] {
  return names.map((name) => arrayText(rows.map((row) => row[name])));
}
