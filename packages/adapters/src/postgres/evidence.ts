import { compareCells } from "@gauntlet/controller";
import type { EvidenceQuery, EvidenceStore } from "@gauntlet/controller";
import { isEmptyStatistic } from "@gauntlet/core";
import type { EvidenceCell } from "@gauntlet/core";
import { parseStatistic } from "../sql/statistic-text.ts";
import type { Database } from "./database.ts";
import type { FoldLanes } from "./fold-lanes.ts";
import { forgetRecords } from "./forget.ts";

export function postgresEvidence(database: Database, lanes: FoldLanes): EvidenceStore {
  return {
    fold: (batch, compute) => lanes.add({ batch, compute }),
    cells: (query) => readCells(database, query),
    forget: (model, before) => forgetRecords(database, model, before),
  };
}

async function readCells(database: Database, { model, epoch, from, to }: EvidenceQuery): Promise<EvidenceCell[]> {
  const rows = await database.all<Omit<EvidenceCell, "model" | "epoch" | "statistic"> & { readonly statistic: string }>(
    `SELECT bucket_start AS "bucketStart", metric, version, slot, mode, statistic FROM @.cells WHERE model = $1 AND epoch = $2 AND bucket_start >= $3 AND bucket_start < $4`,
    model,
    epoch,
    bound(from),
    bound(to),
  );
  return rows
    .map((row) => ({ model, epoch, ...row, statistic: parseStatistic(row.statistic) }))
    .filter((cell) => !isEmptyStatistic(cell.statistic))
    .toSorted(compareCells);
}

/** Bucket starts are safe integers, and so are PostgreSQL's bounds: ±Infinity becomes the outermost of them. */
function bound(at: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Math.ceil(at), Number.MAX_SAFE_INTEGER));
}
