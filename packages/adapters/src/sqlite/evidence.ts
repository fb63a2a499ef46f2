import { compareCells } from "@gauntlet/controller";
import type { EvidenceQuery, EvidenceStore } from "@gauntlet/controller";
import { isEmptyStatistic } from "@gauntlet/core";
import type { EvidenceCell, Mode } from "@gauntlet/core";
import { parseStatistic } from "../sql/statistic-text.ts";
import type { Database } from "./database.ts";
import type { FoldQueue } from "./fold-queue.ts";
import { forgetRecords } from "./forget.ts";

export function sqliteEvidence(database: Database, queue: FoldQueue): EvidenceStore {
  return {
    fold: (batch, compute) => queue.add({ batch, compute }),
    cells: async (query) => readCells(database, query),
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
