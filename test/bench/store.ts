import { openPostgresStore, openSqliteStore } from "@gauntlet/adapters";
import { startPostgres } from "@gauntlet/adapters/testing";
import type { FoldWrites, Store } from "@gauntlet/controller";
import { foldBatch, type EpochContext, type EvidenceCell, type FollowUp, type Outcome, type Prediction, type Statistic } from "@gauntlet/core";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { BenchRow } from "./row.ts";

const OUTCOMES_PER_BATCH = 100;
const CALLERS = 16;
const DURATION_MS = 3000;
const MODEL = "bench";

/**
 * Durable folds of batches of 100 outcomes, each outcome kept for joining, ten cells a batch (two histograms), by 16
 * callers at once. Request ids are random UUIDs, the hardest for an index, or in order, as UUIDv7 are.
 */
export async function benchStores(): Promise<readonly BenchRow[]> {
  return [...(await benchSqlite()), ...(await benchPostgres())];
}

async function benchSqlite(): Promise<BenchRow[]> {
  const dataDir = mkdtempSync(join(tmpdir(), "gauntlet-bench-"));
  try {
    const store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "bench" });
    const rows = await benchStore("SQLite", store);
    await store.close();
    const baseline = { name: "a transaction for each outcome", perSecond: rowPerOutcome(join(dataDir, "baseline.db")) };
    return rows.map((row) => (row.name.includes("outcomes") ? { ...row, baseline } : row));
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

async function benchPostgres(): Promise<BenchRow[]> {
  const server = await startPostgres();
  try {
    const store = await openPostgresStore({ url: server.url });
    const rows = await benchStore("PostgreSQL", store);
    await store.close();
    return rows;
  } finally {
    await server.stop();
  }
}

async function benchStore(name: string, store: Store): Promise<BenchRow[]> {
  const random = await foldsPerSecond(store, () => randomUUID());
  let next = 0;
  const ordered = await foldsPerSecond(store, () => `request-${String(next++).padStart(12, "0")}`);
  return [
    { name: `${name}: folds, random ids`, perSecond: random, target: 500 },
    { name: `${name}: outcomes, random ids`, perSecond: random * OUTCOMES_PER_BATCH, target: 50_000 },
    { name: `${name}: outcomes, ids in order`, perSecond: ordered * OUTCOMES_PER_BATCH, target: 50_000 },
    ...(await benchRatios(name, store)),
    { name: `${name}: evidence cells read`, perSecond: await cellsPerSecond(store), target: null },
  ];
}

async function foldsPerSecond(store: Store, nextId: () => string): Promise<number> {
  const start = performance.now();
  let folds = 0;
  const call = async (): Promise<void> => {
    while (performance.now() - start < DURATION_MS) {
      const requestIds = Array.from({ length: OUTCOMES_PER_BATCH }, nextId);
      const bucketStart = Math.floor(folds / 1000) * 60_000;
      await store.evidence.fold({ model: MODEL, batchId: randomUUID(), digest: "0".repeat(64), at: 0, requestIds }, () => batchWrites(requestIds, bucketStart));
      folds += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return folds / ((performance.now() - start) / 1000);
}

function batchWrites(requestIds: readonly string[], bucketStart: number): FoldWrites {
  const cells = ["champion", "challenger"].flatMap((slot) => METRICS.map(([metric, statistic]): EvidenceCell => ({ model: MODEL, epoch: 1, bucketStart, version: slot, slot, mode: "live", metric, statistic })));
  const predictions = requestIds.map((requestId, index): Prediction => {
    const slot = index % 5 === 0 ? "challenger" : "champion";
    return { requestId, model: MODEL, version: slot, slot, mode: "live", epoch: 1, at: bucketStart, prediction: index % 2 === 0 };
  });
  return { cells, predictions, labels: [], answer: { accepted: requestIds.length } };
}

const METRICS: readonly (readonly [string, Statistic])[] = [
  ["scored", { kind: "count", n: 50 }],
  ["error", { kind: "rate", n: 50, hits: 1 }],
  ["latency_ms", { kind: "histogram", n: 50, zeros: 0, buckets: Array.from({ length: 40 }, (_, index) => [100 + index * 3, 1] as const) }],
  ["score", { kind: "moments", n: 50, sum: { high: 0, low: 50_000 }, squares: { high: 0, low: 50_000_000 } }],
  ["confusion", { kind: "confusion", truePositive: 10, falsePositive: 5, falseNegative: 5, trueNegative: 30 }],
];

/** Outcomes of 20,000 units folded and stored, with two ratios and without; and a follow-up for each of the former. */
async function benchRatios(name: string, store: Store): Promise<BenchRow[]> {
  const plain: EpochContext = { championVersion: "1", challengerVersion: "2", bucketMs: 60_000, keepPredictions: true, metrics: { cost: "moments" } };
  const ratios: EpochContext = {
    ...plain,
    metrics: { cost: "moments", cost_per_plan: { kind: "ratio", numerator: ["cost"], denominator: ["generated"], once: false }, edited: { kind: "ratio", numerator: ["edits"], denominator: ["generated"], once: true } },
  };
  const without = await recordedPerSecond(store, { epoch: plain, model: `${MODEL} plain`, followUps: false });
  const baseline = { name: "without ratios", perSecond: without };
  return [
    { name: `${name}: outcomes folded, no ratio`, perSecond: without, target: null },
    { name: `${name}: outcomes folded, 2 ratios`, perSecond: await recordedPerSecond(store, { epoch: ratios, model: `${MODEL} ratios`, followUps: false }), target: null, baseline },
    { name: `${name}: outcomes and follow-ups, 2 ratios`, perSecond: await recordedPerSecond(store, { epoch: ratios, model: `${MODEL} follow-ups`, followUps: true }), target: null, baseline },
  ];
}

interface Recording {
  readonly epoch: EpochContext;
  readonly model: string;
  /** Each batch of outcomes is followed by one of as many follow-ups. */
  readonly followUps: boolean;
}

async function recordedPerSecond(store: Store, { epoch, model, followUps }: Recording): Promise<number> {
  const context = { model, epochs: { 1: epoch } };
  const ratios = Object.values(epoch.metrics).some((spec) => typeof spec !== "string");
  const start = performance.now();
  let records = 0;
  const fold = (outcomes: readonly Outcome[], later: readonly FollowUp[]): Promise<unknown> => {
    const units = ratios ? { units: outcomes.map(({ unit }) => ({ epoch: 1, unit })) } : {};
    const requestIds = [...outcomes, ...later].map(({ requestId }) => requestId);
    records += requestIds.length;
    return store.evidence.fold({ model, batchId: randomUUID(), digest: "0".repeat(64), at: 0, requestIds, ...units }, (prior) => {
      const folded = foldBatch({ outcomes, labels: [], followUps: later, prior, context });
      return { cells: folded.cells, predictions: folded.predictions, labels: [], followUps: folded.followUps, units: folded.units, answer: null };
    });
  };
  const call = async (): Promise<void> => {
    while (performance.now() - start < DURATION_MS) {
      const at = Math.floor(records / 100_000) * 60_000;
      const outcomes = Array.from({ length: OUTCOMES_PER_BATCH }, (_, index): Outcome => {
        const unit = Math.floor(Math.random() * 20_000);
        const version = unit % 5 === 0 ? "2" : "1";
        return { requestId: randomUUID(), at, model, version, slot: version, mode: "live", epoch: 1, unit: `household-${unit}`, prediction: null, metrics: ratios ? { cost: index, generated: 1 } : { cost: index } };
      });
      await fold(outcomes, []);
      if (followUps) await fold([], outcomes.map(({ requestId }) => ({ id: "edit", requestId, model, at, metrics: { edits: 1 } })));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return records / ((performance.now() - start) / 1000);
}

/** Reads 5,000 cells of one epoch at a time, a fifth of them histograms. */
async function cellsPerSecond(store: Store): Promise<number> {
  for (let bucket = 0; bucket < 500; bucket += 1) {
    await store.evidence.fold({ model: MODEL, batchId: `read ${bucket}`, digest: "0".repeat(64), at: 0, requestIds: [] }, () => {
      const { cells } = batchWrites([], bucket * 60_000);
      return { cells: cells.map((cell) => ({ ...cell, epoch: 2 })), predictions: [], labels: [], answer: null };
    });
  }
  const start = performance.now();
  let read = 0;
  while (performance.now() - start < DURATION_MS / 3) read += (await store.evidence.cells({ model: MODEL, epoch: 2, from: 0, to: Infinity })).length;
  return read / ((performance.now() - start) / 1000);
}

/** What folding is measured against: one row and one durable transaction for each outcome. */
function rowPerOutcome(file: string): number {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE outcomes (request_id TEXT PRIMARY KEY, body TEXT) STRICT, WITHOUT ROWID");
  const insert = database.prepare("INSERT INTO outcomes VALUES (?, ?)");
  const start = performance.now();
  let outcomes = 0;
  while (performance.now() - start < DURATION_MS / 3) {
    insert.run(randomUUID(), '{"version":"1","slot":"champion","mode":"live","prediction":true}');
    outcomes += 1;
  }
  const perSecond = outcomes / ((performance.now() - start) / 1000);
  database.close();
  return perSecond;
}
