import type { EvidenceSource, SourceMetricKind } from "@gauntlet/controller";

import { unavailable } from "../source/unavailable.ts";
import { cellsOfRows, type Table } from "./cells-of-rows.ts";
import { instantOf } from "./number-text.ts";
import { checkQuery, parameterValues, type ParameterName, type ParameterValue } from "./parameters.ts";

/** What the SQL sources have in common. */
export interface SqlOptions {
  readonly name: string;
  /** One SELECT that gives sufficient statistics, a row for each time bucket, version, slot and metric. */
  readonly query: string;
  /** What $1, $2, … are. */
  readonly parameters: readonly ParameterName[];
  /** One SELECT of one instant: up to when the data reach. Left out: the end of the newest bucket. */
  readonly fresh?: string | undefined;
  readonly metrics: Readonly<Record<string, SourceMetricKind>>;
  readonly timeoutMs: number;
  readonly ageMaxMs: number;
}

/** A database, for one reading. */
export interface SqlReading {
  select(sql: string, values: readonly ParameterValue[]): Promise<Table>;
}

export interface SqlDatabase {
  readonly kind: string;
  readonly location: string;
  /** Everything in it sees the same data. @throws Failure `evidence_unavailable` */
  read<T>(work: (reading: SqlReading) => Promise<T>): Promise<T>;
}

/** @throws Failure `invalid_input` when the query and its parameters don't fit. */
export function sqlSource(options: SqlOptions, database: SqlDatabase): EvidenceSource {
  const { name, metrics, parameters, ageMaxMs } = options;
  const query = limited(checkQuery(options.query, parameters));
  const fresh = options.fresh === undefined ? null : limited(checkQuery(options.fresh, []));
  return {
    name,
    description: { kind: database.kind, location: database.location },
    metrics,
    ageMaxMs,
    probe: () => database.read(async (reading) => ({ freshAt: fresh === null ? null : freshOf(name, await reading.select(fresh, [])) })),
    read: (asked) =>
      database.read(async (reading) => {
        const table = await reading.select(query, parameterValues(parameters, asked));
        if (table.rows.length > ROWS_MAX) throw unavailable(name, `the query gives more than ${ROWS_MAX} rows`, { fix: "group by bucket, version, slot and metric; take wider buckets" });
        const cells = cellsOfRows(table, { source: name, metrics, query: asked });
        const newest = Math.max(...cells.map(({ bucketStart }) => bucketStart)) + asked.bucketMs;
        const freshAt = fresh === null ? newest : freshOf(name, await reading.select(fresh, []));
        return { cells, freshAt: Math.min(freshAt, asked.to), baselines: [] };
      }),
  };
}

const ROWS_MAX = 200_000;

/** Inside parentheses only one SELECT is possible, and nothing that writes. */
function limited(query: string): string {
  return `SELECT * FROM (\n${query}\n) AS evidence LIMIT ${ROWS_MAX + 1}`;
}

function freshOf(source: string, { columns, rows }: Table): number {
  const [row] = rows;
  const text = row?.[0] ?? null;
  const at = text === null ? null : instantOf(text);
  if (columns.length !== 1 || rows.length !== 1 || at === null) throw unavailable(source, `the query for freshness gave ${rows.length} rows of ${columns.length} columns${text === null ? ", and no instant" : `, the first ${text}`}`, { fix: "select one instant, such as max(served_at)" });
  return at;
}
