import type { SourceMetricKind, SourceQuery } from "@gauntlet/controller";
import { bucketStartOf, histogramBucketOf, HISTOGRAM_VALUE_MAX, isoTime, nearest, type EvidenceCell, type Failure, type Statistic, type WideInteger } from "@gauntlet/core";

import { COUNT_MAX, unavailable } from "../source/unavailable.ts";
import { wideOf } from "../source/wide-of.ts";
import { instantOf, scaledOf, wholeOf } from "./number-text.ts";
import { ratioOfRow, RATIO_COLUMNS, requireUnits } from "./ratio-of-row.ts";

/** What a query gave, everything as text. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface RowsRequest {
  readonly source: string;
  readonly metrics: Readonly<Record<string, SourceMetricKind>>;
  readonly query: SourceQuery;
}

const KEYS = ["bucket", "version", "slot", "metric"] as const;
const NUMBERS: Readonly<Record<SourceMetricKind, readonly string[]>> = { rate: ["n", "hits"], moments: ["n", "sum", "sum_squares"], histogram: ["value", "n"], count: ["n"], ratio: RATIO_COLUMNS };
const COLUMNS: readonly string[] = [...KEYS, "n", "hits", "sum", "sum_squares", "value", "requests", "denominator", "denominator_squares", "products"];

/**
 * Rows of sufficient statistics as cells. Rows of other versions, and of metrics that nobody asked for, are left out.
 * @throws Failure `evidence_unavailable` naming row and column of what can't be meant; and when an arm has no row of a metric.
 */
export function cellsOfRows(table: Table, request: RowsRequest): readonly EvidenceCell[] {
  const { source, metrics, query } = request;
  requireColumns(table, request);
  if (table.rows.length === 0) throw unavailable(source, "the query gave no row (no row is no zero)", { fix: "see whether the table has data of this model since the rollout began" });
  const asked = new Set(query.metrics.map(({ name }) => name));
  const seen = new Set<string>();
  const cells = table.rows.flatMap((values, index): EvidenceCell[] => {
    const row: Row = { source, number: index + 1, values: Object.fromEntries(table.columns.map((column, at) => [column, values[at] ?? null])) };
    const [version, slot, metric] = [textOf(row, "version"), textOf(row, "slot"), textOf(row, "metric")];
    const kind = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    if (kind === undefined) throw wrong(row, "metric", { detail: `is "${metric}", which the configuration does not declare`, fix: `declare it under \`metrics\`; there is ${Object.keys(metrics).join(", ")}` });
    const bucketStart = bucketOf(row, query);
    requireOnce(row, { seen, key: JSON.stringify([bucketStart, version, slot, metric, kind === "histogram" ? row.values["value"] : null]) });
    const statistic = statisticOf(row, kind);
    const counts = asked.has(metric) && query.arms.some((arm) => arm.version === version && arm.slot === slot);
    return counts ? [{ model: query.model, epoch: query.epoch, bucketStart, version, slot, mode: "live", metric, statistic }] : [];
  });
  requireArms(cells, request);
  requireUnits(source, cells);
  return cells;
}

interface Row {
  readonly source: string;
  /** From 1. */
  readonly number: number;
  readonly values: Readonly<Record<string, string | null>>;
}

function requireColumns({ columns }: Table, { source, metrics }: RowsRequest): void {
  const needed = [...KEYS, ...new Set(Object.values(metrics).flatMap((kind) => NUMBERS[kind]))];
  const missing = needed.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw unavailable(source, `the query gives the columns ${columns.join(", ")}; missing: ${missing.join(", ")}`, { fix: `name them with AS: ${needed.join(", ")}` });
  const unknown = columns.find((column) => !COLUMNS.includes(column));
  if (unknown !== undefined) {
    const meant = nearest(unknown, COLUMNS);
    throw unavailable(source, `the query gives a column "${unknown}", which means nothing here`, { fix: meant === null ? `leave it out; known: ${COLUMNS.join(", ")}` : `did you mean "${meant}"?` });
  }
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw unavailable(source, `the query gives the column "${twice}" twice`, { fix: "leave one out" });
}

function requireOnce(row: Row, { seen, key }: { readonly seen: Set<string>; readonly key: string }): void {
  if (seen.has(key)) throw unavailable(row.source, `row ${row.number} has the same bucket, version, slot and metric as one before it`, { fix: "group by these four" });
  seen.add(key);
}

function requireArms(cells: readonly EvidenceCell[], { source, query }: RowsRequest): void {
  for (const { name } of query.metrics) {
    const without = query.arms.find((arm) => !cells.some((cell) => cell.metric === name && cell.version === arm.version && cell.slot === arm.slot));
    if (without === undefined) continue;
    throw unavailable(source, `the query gave no row of metric "${name}" for version ${without.version} in slot "${without.slot}" (no row is no zero)`, {
      fix: "see that both are written as the registry and the split name them, and that it has been served",
    });
  }
}

function bucketOf(row: Row, { since, to, bucketMs }: SourceQuery): number {
  const text = textOf(row, "bucket");
  const at = instantOf(text);
  if (at === null) throw wrong(row, "bucket", { detail: `is ${text}, which is no instant`, fix: "give a timestamp, or milliseconds since 1970" });
  if (bucketStartOf(at, bucketMs) !== at) throw wrong(row, "bucket", { detail: `is ${isoTime(at)}, where no time bucket of ${bucketMs} ms begins`, fix: "round the time down to a multiple of the parameter bucketMs since 1970" });
  if (at < bucketStartOf(since, bucketMs) || at >= to) throw wrong(row, "bucket", { detail: `is ${isoTime(at)}, outside ${isoTime(since)} to ${isoTime(to)}`, fix: "select by the parameters from and to" });
  return at;
}

function statisticOf(row: Row, kind: SourceMetricKind): Statistic {
  const n = countOf(row, "n");
  switch (kind) {
    case "count":
      return { kind, n };
    case "rate": {
      const hits = countOf(row, "hits");
      if (hits > n) throw wrong(row, "hits", { detail: `is ${hits}, more than n, which is ${n}`, fix: "count each hit in n too" });
      return { kind, n, hits };
    }
    case "moments":
      return momentsOf(row, n);
    case "ratio":
      return ratioOfRow({ count: (column) => countOf(row, column), amount: (column, places) => amountIn(row, column, places) });
    case "histogram": {
      const text = textOf(row, "value");
      const value = Number(text);
      if (!(value >= 0 && value <= HISTOGRAM_VALUE_MAX)) throw wrong(row, "value", { detail: `is ${text}; a histogram takes 0 to 1e15`, fix: "leave out what is no measurement" });
      const index = histogramBucketOf(value);
      if (n === 0) return { kind, n, zeros: 0, buckets: [] };
      return index === null ? { kind, n, zeros: n, buckets: [] } : { kind, n, zeros: 0, buckets: [[index, n]] };
    }
  }
}

function momentsOf(row: Row, n: number): Statistic {
  const sum = scaledIn(row, "sum", 3);
  const squares = scaledIn(row, "sum_squares", 6);
  // By Cauchy and Schwarz n·Σx² ≥ (Σx)²; the three were rounded, by half a thousandth and half a millionth.
  const slack = BigInt(n) + 2n * (sum.exact < 0n ? -sum.exact : sum.exact) + 1n;
  if (squares.exact < 0n || BigInt(n) * squares.exact + slack < sum.exact * sum.exact) {
    throw wrong(row, "sum_squares", { detail: `is ${row.values["sum_squares"] ?? ""}, too small for n ${n} and sum ${row.values["sum"] ?? ""}`, fix: "take n, sum and sum_squares over the same values" });
  }
  return { kind: "moments", n, sum: sum.wide, squares: squares.wide };
}

function amountIn(row: Row, column: string, places: number): WideInteger {
  const { exact, wide } = scaledIn(row, column, places);
  if (exact < 0n) throw wrong(row, column, { detail: `is ${row.values[column] ?? ""}; fields of ratios are never less than nothing`, fix: "leave such rows out" });
  return wide;
}

function scaledIn(row: Row, column: string, places: number): { readonly exact: bigint; readonly wide: WideInteger } {
  const text = textOf(row, column);
  const exact = scaledOf(text, places);
  const wide = exact === null ? null : wideOf(exact);
  if (exact === null || wide === null) throw wrong(row, column, { detail: `is ${text}, which is no number that can be held`, fix: "cast it to a decimal, in a larger unit" });
  return { exact, wide };
}

function countOf(row: Row, column: string): number {
  const text = textOf(row, column);
  const value = wholeOf(text);
  if (value === null || value >= COUNT_MAX) throw wrong(row, column, { detail: `is ${text}; a count is whole, from 0 up to below 1e15`, fix: "count rows" });
  return value;
}

function textOf(row: Row, column: string): string {
  const value = row.values[column];
  if (value === null || value === undefined) throw wrong(row, column, { detail: "is NULL", fix: "leave such rows out, or say what they count as with coalesce" });
  return value;
}

function wrong({ source, number }: Row, column: string, { detail, fix }: { readonly detail: string; readonly fix: string }): Failure {
  return unavailable(source, `row ${number}, column ${column} ${detail}`, { fix });
}
