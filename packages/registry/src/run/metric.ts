import { checkKey, checkLength } from "../request/names.ts";
import { invalid } from "../request/problem.ts";
import type { Context } from "../request/route.ts";

export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly step: number;
  readonly modelId: string | undefined;
  readonly datasetName: string | undefined;
  readonly datasetDigest: string | undefined;
}

/** `path` is "" for a metric that comes alone, `metrics[3]` in a batch. */
export function checkMetric(metric: Metric, path: string): void {
  const name = path === "" ? "" : `${path}.`;
  checkKey(metric.key, `${name}name`);
  if (metric.timestamp < 0) {
    throw invalid(
      `Invalid value ${metric.timestamp} for parameter '${name}timestamp' supplied: metric '${metric.key}' (value=${pythonFloat(metric.value)}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  checkLength("Metric name", 250, metric.key);
}

/** Inside a transaction. A value that is already there, with its time and step, is not written twice. */
export function writeMetric({ database }: Context, run: string, metric: Metric): void {
  const isNan = Number.isNaN(metric.value) ? 1 : 0;
  // Databases behind MLflow have no infinity: it becomes the largest double.
  const value = isNan === 1 ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, metric.value));
  const row = [run, metric.key, value, isNan, metric.timestamp, metric.step];
  database.run("INSERT INTO metrics (run, key, value, is_nan, timestamp, step) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", ...row);
  database.run(
    `INSERT INTO latest_metrics (run, key, value, is_nan, timestamp, step) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value, is_nan = excluded.is_nan, timestamp = excluded.timestamp, step = excluded.step
     WHERE (excluded.step, excluded.timestamp, excluded.value) > (step, timestamp, value)`,
    ...row,
  );
  if (metric.modelId === undefined || metric.modelId === "") return;
  database.run(
    `INSERT INTO logged_model_metrics (model, run, key, value, is_nan, timestamp, step, dataset_name, dataset_digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, is_nan = excluded.is_nan`,
    metric.modelId, ...row, metric.datasetName ?? null, metric.datasetDigest ?? null,
  );
}

function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
