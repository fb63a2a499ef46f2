import { compareCells } from "@gauntlet/controller";
import type { EvidenceQuery, EvidenceStore } from "@gauntlet/controller";
import { isEmptyStatistic } from "@gauntlet/core";
import type { EvidenceCell, Mode } from "@gauntlet/core";
import { parseStatistic } from "../sql/statistic-text.ts";
import type { Database } from "./database.ts";
import type { FoldQueue } from "./fold-queue.ts";

export function sqliteEvidence(database: Database, queue: FoldQueue): EvidenceStore {
  return {
    fold: (batch, compute) => queue.add({ batch, compute }),
    cells: async (query) => readCells(database, query),
    forget: async (model, before) => database.transaction(() => forget(database, model, before)),
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

function readCells(database: Database, { model, epoch, from, to }: EvidenceQuery): EvidenceCell[] {
  return database
    .all<CellRow>(
      "SELECT bucket_start AS bucketStart, metric, version, slot, mode, statistic FROM cells WHERE model = ? AND epoch = ? AND bucket_start >= ? AND bucket_start < ?",
      model,
      epoch,
      from,
      to,
    )
    .map((row) => ({ model, epoch, ...row, statistic: parseStatistic(row.statistic) }))
    .filter((cell) => !isEmptyStatistic(cell.statistic))
    .toSorted(compareCells);
}

function forget(database: Database, model: string, before: number): number {
  // The unary + keeps SQLite from looking up by age what it should look up by request.
  // Labels first: which of them lose their outcome can only be seen while it is there.
  const labels = database.run(
    `DELETE FROM labels WHERE model = ?1
       AND NOT EXISTS (SELECT 1 FROM predictions p WHERE p.request_hash = labels.request_hash AND +p.model = ?1 AND p.request_id = labels.request_id AND p.at >= ?2)
       AND (labelled_at < ?2 OR EXISTS (SELECT 1 FROM predictions p WHERE p.request_hash = labels.request_hash AND +p.model = ?1 AND p.request_id = labels.request_id))`,
    model,
    before,
  );
  return labels + database.run("DELETE FROM predictions WHERE model = ? AND at < ?", model, before);
}
