import { compareCells } from "@gauntlet/controller";
import type { EvidenceQuery, EvidenceStore, JoinQuery } from "@gauntlet/controller";
import { isEmptyStatistic } from "@gauntlet/core";
import type { EvidenceCell, JoinCounts, Mode } from "@gauntlet/core";
import { parseStatistic } from "../sql/statistic-text.ts";
import type { Database } from "./database.ts";
import type { FoldQueue } from "./fold-queue.ts";
import { forgetRecords } from "./forget.ts";

export function sqliteEvidence(database: Database, queue: FoldQueue): EvidenceStore {
  return {
    fold: (batch, compute) => queue.add({ batch, compute }),
    cells: async (query) => readCells(database, query),
    joins: async (query) => readJoins(database, query),
    forget: (model, before) => forgetRecords(database, model, before),
  };
}

interface CellRow {
  readonly bucketStart: number;
  readonly metric: string;
  readonly version: string;
  readonly slot: string;
  readonly mode: Mode;
  readonly statistic: string;
}

function readCells(database: Database, { model, epoch, from, to, metric }: EvidenceQuery): EvidenceCell[] {
  return database
    .all<CellRow>(
      "SELECT bucket_start AS bucketStart, metric, version, slot, mode, statistic FROM cells WHERE model = ? AND epoch = ? AND bucket_start >= ? AND bucket_start < ? AND metric = coalesce(?, metric)",
      model,
      epoch,
      from,
      to,
      metric ?? null,
    )
    .map((row) => ({ model, epoch, ...row, statistic: parseStatistic(row.statistic) }))
    .filter((cell) => !isEmptyStatistic(cell.statistic))
    .toSorted(compareCells);
}

// The unary + keeps SQLite from looking up by age what it should look up by request.
const MET = `SELECT count(*) AS n, coalesce(sum(EXISTS (
    SELECT 1 FROM requests r CROSS JOIN predictions p ON p.id = r.id WHERE r.request_hash = f.request_hash AND +p.model = ?1 AND p.request_id = f.request_id
  )), 0) AS met FROM`;
const FOLLOW_UPS_MET = `${MET} (SELECT request_hash, request_id FROM follow_ups WHERE model = ?1 AND at / 60000 >= ?5 AND at / 60000 <= ?6 AND at >= ?2 AND at < ?3 LIMIT ?4) f`;
const LABELS_MET = `${MET} (SELECT request_hash, request_id FROM labels WHERE model = ?1 AND labelled_at >= ?2 AND labelled_at < ?3 LIMIT ?4) f`;

function readJoins(database: Database, { model, from, to, limit }: JoinQuery): JoinCounts {
  const nothing = { n: 0, met: 0 };
  return {
    followUps: database.get<JoinCounts["followUps"]>(FOLLOW_UPS_MET, model, from, to, limit, Math.floor(from / 60_000), Math.ceil(to / 60_000)) ?? nothing,
    labels: database.get<JoinCounts["labels"]>(LABELS_MET, model, from, to, limit) ?? nothing,
  };
}
