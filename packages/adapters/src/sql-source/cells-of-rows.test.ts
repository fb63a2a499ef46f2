import type { SourceMetricKind } from "@gauntlet/controller";
import { Failure, gatherEvidence, wideToNumber } from "@gauntlet/core";
import { expect, test } from "vitest";

import { cellsOfRows, type Table } from "./cells-of-rows.ts";

const T0 = Date.UTC(2026, 0, 1);
const METRICS: Readonly<Record<string, SourceMetricKind>> = { error: "rate" };
const COLUMNS = ["bucket", "version", "slot", "metric", "n", "hits"];
const GOOD = [String(T0), "2", "challenger", "error", "10", "3"];

function read(table: Partial<Table>, metrics: Readonly<Record<string, SourceMetricKind>> = METRICS, asked: readonly string[] = Object.keys(metrics)) {
  return cellsOfRows(
    { columns: COLUMNS, rows: [GOOD], ...table },
    {
      source: "warehouse",
      metrics,
      query: { model: "m", epoch: 3, arms: [{ version: "2", slot: "challenger" }], metrics: asked.map((name) => ({ name, limits: [], compared: true })), since: T0 + 5000, to: T0 + 600_000, bucketMs: 60_000 },
    },
  );
}

function failureOf(make: () => unknown): Failure {
  try {
    make();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it was read");
}

test("rows become cells of the epoch; other versions and slots are left out", () => {
  const rows = [GOOD, [String(T0 + 60_000), "2", "challenger", "error", "5", "0"], [String(T0), "1", "champion", "error", "7", "7"], [String(T0), "2", "champion", "error", "7", "7"]];
  expect(read({ rows })).toEqual([
    { model: "m", epoch: 3, bucketStart: T0, version: "2", slot: "challenger", mode: "live", metric: "error", statistic: { kind: "rate", n: 10, hits: 3 } },
    { model: "m", epoch: 3, bucketStart: T0 + 60_000, version: "2", slot: "challenger", mode: "live", metric: "error", statistic: { kind: "rate", n: 5, hits: 0 } },
  ]);
});

test("moments keep every digit; histograms are values with their counts", () => {
  const columns = [...COLUMNS, "sum", "sum_squares", "value"];
  const metrics = { cost: "moments", latency_ms: "histogram", scored: "count" } as const;
  const rows = [
    [String(T0), "2", "challenger", "cost", "3", null, "-1.5", "4.25", null],
    [String(T0), "2", "challenger", "latency_ms", "2", null, null, null, "12.5"],
    [String(T0), "2", "challenger", "latency_ms", "1", null, null, null, "0"],
    [String(T0), "2", "challenger", "scored", "3", null, null, null, null],
  ];
  const [cost, latency, scored] = gatherEvidence(read({ columns, rows }, metrics)).map(({ statistic }) => statistic);
  expect(cost?.kind === "moments" ? [cost.n, wideToNumber(cost.sum), wideToNumber(cost.squares)] : null).toEqual([3, -1500, 4_250_000]);
  expect(latency).toMatchObject({ kind: "histogram", n: 3, zeros: 1, buckets: [[expect.any(Number), 2]] });
  expect(scored).toEqual({ kind: "count", n: 3 });
});

const row = (change: Readonly<Record<string, string | null>>): (string | null)[] => COLUMNS.map((column, index) => (column in change ? (change[column] ?? null) : (GOOD[index] ?? null)));

test.each<[string, Partial<Table>, RegExp]>([
  ["no row", { rows: [] }, /no row is no zero/],
  ["NULL in a count", { rows: [GOOD, row({ bucket: String(T0 + 60_000), hits: null })] }, /row 2, column hits is NULL/],
  ["NULL in a key", { rows: [row({ version: null })] }, /row 1, column version is NULL/],
  ["a column that is missing", { columns: ["bucket", "version", "slot", "metric", "n", "hit"] }, /missing: hits/],
  ["a column too many", { columns: [...COLUMNS, "extra"], rows: [[...GOOD, "1"]] }, /column "extra"/],
  ["a column twice", { columns: [...COLUMNS, "n"], rows: [[...GOOD, "1"]] }, /column "n" twice/],
  ["half a hit", { rows: [row({ hits: "1.5" })] }, /row 1, column hits is 1.5/],
  ["a negative count", { rows: [row({ n: "-1" })] }, /column n is -1/],
  ["more hits than n", { rows: [row({ hits: "11" })] }, /column hits is 11, more than n, which is 10/],
  ["more than can be counted", { rows: [row({ n: "1000000000000000" })] }, /column n is 1000000000000000/],
  ["a row twice", { rows: [GOOD, GOOD] }, /row 2 has the same/],
  ["NaN", { rows: [row({ n: "NaN" })] }, /column n is NaN/],
  ["an unknown metric", { rows: [row({ metric: "eror" })] }, /column metric is "eror"/],
  ["a name that every object has", { rows: [row({ metric: "constructor" })] }, /"constructor", which the configuration/],
  ["no instant", { rows: [row({ bucket: "soon" })] }, /column bucket is soon/],
  ["a bucket that begins elsewhere", { rows: [row({ bucket: String(T0 + 1) })] }, /no time bucket of 60000 ms begins/],
  ["a bucket from before the epoch", { rows: [row({ bucket: String(T0 - 60_000) })] }, /outside 2026-01-01/],
  ["a bucket of the future", { rows: [row({ bucket: String(T0 + 600_000) })] }, /outside/],
  ["an arm without rows", { rows: [row({ slot: "champion" })] }, /no row of metric "error" for version 2 in slot "challenger"/],
])("%s is no evidence (I7)", (_, table, says) => {
  expect(failureOf(() => read(table))).toMatchObject({ code: "evidence_unavailable", message: expect.stringMatching(says), fix: expect.stringMatching(/./) });
});

test("sums that can't be of the same values, and values that no histogram takes", () => {
  const columns = ["bucket", "version", "slot", "metric", "n", "sum", "sum_squares", "value"];
  const of = (metric: string, rest: (string | null)[]) => failureOf(() => read({ columns, rows: [[String(T0), "2", "challenger", metric, "2", ...rest]] }, { cost: "moments", latency_ms: "histogram" }, [metric]));
  expect(of("cost", ["10", "49.9", null]).message).toMatch(/column sum_squares is 49.9, too small for n 2 and sum 10/);
  expect(of("cost", ["1e40", "1", null]).message).toMatch(/column sum is 1e40/);
  expect(of("latency_ms", [null, null, "-1"]).message).toMatch(/column value is -1/);
  expect(of("latency_ms", [null, null, "NaN"]).message).toMatch(/column value is NaN/);
});
