import { PARAMETERS } from "@gauntlet/adapters";
import { z } from "zod";

const DAY_MS = 86_400_000;

function ms(most: number) {
  return z.union([z.number(), z.string().regex(/^\d+$/, "a whole number").transform(Number)]).pipe(z.number().int().min(1).max(most)).meta({ title: "whole milliseconds" });
}

const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\w][\w .-]*$/, "letters, digits, '_', '-', '.' and spaces, beginning with a letter, a digit or '_'")
  .meta({ title: "name" });

const selector = z.string().min(1).meta({ title: "PromQL selector" });
const counter = {
  hits: selector.optional().describe("rate: how many requests had the property"),
  total: selector.optional().describe("rate: of how many"),
  count: selector.optional().describe("moments: how many values; alone, for the metric `scored`: how many requests"),
  sum: selector.optional().describe("moments: their sum"),
  squares: selector.optional().describe("moments: the sum of their squares"),
  buckets: selector.optional().describe("histogram: the series that ends in _bucket, or a native histogram"),
  scale: z.number().positive().finite().default(1).describe("from the exporter's unit to the metric's: 1000 for seconds as milliseconds"),
  series: z.enum(["one", "sum"]).default("one").describe("one: a second series is ambiguous; sum: instances, each counted with its own restarts and added up"),
  absent: z.enum(["unavailable", "zero"]).default("unavailable").describe("zero: `hits` without a series are none, while there is a total"),
};

const promMetric = z.strictObject(counter).describe("hits and total; count, sum and squares; buckets; or count alone. Plain selectors with {model}, {version}, {slot}, {epoch} inside quotes");
const sqlMetrics = z.record(name, z.enum(["rate", "moments", "histogram", "count", "ratio"])).describe("metrics of the query and their kinds; count is for `scored` alone");

const common = {
  ageMaxMs: ms(31 * DAY_MS).prefault(300_000).describe("how old its newest data may be; older data hold a rollout"),
  timeoutMs: ms(600_000).prefault(5000).describe("how long one reading may take"),
  everyMs: ms(DAY_MS).prefault(15_000).describe("how often it is asked for the same thing at most"),
};

const sql = {
  query: z.string().min(1).describe("one SELECT with the columns bucket, version, slot, metric, and n, hits, sum, sum_squares, value, or those of ratios, as the metrics need"),
  parameters: z.array(z.enum(PARAMETERS)).default([]).describe("what $1, $2, … are, in their order"),
  fresh: z.string().min(1).optional().describe("one SELECT of one instant: up to when the data reach; left out: the end of the newest bucket"),
  metrics: sqlMetrics,
  ageMaxMs: ms(31 * DAY_MS).prefault(3_600_000).describe("how old its newest data may be; older data hold a rollout"),
  timeoutMs: ms(600_000).prefault(20_000).describe("how long one reading may take"),
  everyMs: ms(DAY_MS).prefault(60_000).describe("how often it is asked for the same thing at most"),
};

const source = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("prometheus"),
      url: z.url({ protocol: /^https?$/, error: "an http or https URL" }).meta({ title: "http or https URL" }).describe("of the server, without /api"),
      token: z.string().min(1).optional().describe("sent as a bearer token"),
      basic: z.strictObject({ user: z.string().min(1).describe("of the metrics server"), password: z.string().describe("of that user") }).optional().describe("user and password"),
      metrics: z.record(name, promMetric).describe("the counters of each metric"),
      ...common,
    })
    .describe("Counters and histograms of a server with Prometheus' HTTP API."),
  z
    .strictObject({ kind: z.literal("postgres"), url: z.string().regex(/^postgres(ql)?:\/\//, "a postgresql:// URL").describe("a postgresql:// URL; best of a user that may only read"), ...sql })
    .describe("A query in PostgreSQL; its transaction can't write."),
  z
    .strictObject({
      kind: z.literal("duckdb"),
      files: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a table name"), z.string().min(1)).describe("tables of the query: a path or pattern of .parquet or .csv files each, relative to the file"),
      ...sql,
    })
    .describe("A query over Parquet and CSV files, by DuckDB inside the server."),
]);

/** `sources:` of gauntlet.yaml: where evidence comes from beside outcomes. */
export const sourcesFile = z.record(name, source);
