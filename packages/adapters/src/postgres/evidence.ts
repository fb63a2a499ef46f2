import { compareCells } from "@gauntlet/controller";
import type { EvidenceQuery, EvidenceStore, JoinQuery } from "@gauntlet/controller";
import { isEmptyStatistic } from "@gauntlet/core";
import type { EvidenceCell, JoinCounts } from "@gauntlet/core";
import { parseStatistic } from "../sql/statistic-text.ts";
import type { Database } from "./database.ts";
import type { FoldLanes } from "./fold-lanes.ts";
import { forgetRecords } from "./forget.ts";

export function postgresEvidence(database: Database, lanes: FoldLanes): EvidenceStore {
  return {
    fold: (batch, compute) => lanes.add({ batch, compute }),
    cells: (query) => readCells(database, query),
    joins: (query) => readJoins(database, query),
    forget: (model, before) => forgetRecords(database, model, before),
  };
}

async function readCells(database: Database, { model, epoch, from, to, metric }: EvidenceQuery): Promise<EvidenceCell[]> {
  const rows = await database.all<Omit<EvidenceCell, "model" | "epoch" | "statistic"> & { readonly statistic: string }>(
    `SELECT bucket_start AS "bucketStart", metric, version, slot, mode, statistic FROM @.cells WHERE model = $1 AND epoch = $2 AND bucket_start >= $3 AND bucket_start < $4 AND ($5::text IS NULL OR metric = $5)`,
    model,
    epoch,
    bound(from),
    bound(to),
    metric ?? null,
  );
  return rows
    .map((row) => ({ model, epoch, ...row, statistic: parseStatistic(row.statistic) }))
    .filter((cell) => !isEmptyStatistic(cell.statistic))
    .toSorted(compareCells);
}

/** Of a table of what follows outcomes, dated by a column. Each row looks up its request; a join over whole tables would cost far more. */
function metIn(table: "follow_ups" | "labels", at: "at" | "labelled_at"): string {
  return `SELECT count(*)::int AS n, count(found.met)::int AS met
    FROM (SELECT request_hash, request_id FROM @.${table} WHERE model = $1 AND ${at} >= $2 AND ${at} < $3 LIMIT $4) f
    LEFT JOIN LATERAL (SELECT true AS met FROM @.predictions p WHERE p.request_hash = f.request_hash AND p.model = $1 AND p.request_id = f.request_id LIMIT 1) found ON true`;
}

async function readJoins(database: Database, { model, from, to, limit }: JoinQuery): Promise<JoinCounts> {
  const counted = async (sql: string) => (await database.all<JoinCounts["labels"]>(sql, model, bound(from), bound(to), limit))[0] ?? { n: 0, met: 0 };
  const [followUps, labels] = await Promise.all([counted(metIn("follow_ups", "at")), counted(metIn("labels", "labelled_at"))]);
  return { followUps, labels };
}

/** Bucket starts are safe integers, and so are PostgreSQL's bounds: ±Infinity becomes the outermost of them. */
function bound(at: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Math.ceil(at), Number.MAX_SAFE_INTEGER));
}
