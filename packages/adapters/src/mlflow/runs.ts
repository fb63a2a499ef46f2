import { Failure } from "@gauntlet/core";
import type { MlflowClient } from "./client.ts";
import { asPart, partOf, partsOf, textOf } from "./shapes.ts";

const API = "/api/2.0/mlflow";

/** The id of the experiment of that name, made when there is none. */
export async function ensureExperiment(client: MlflowClient, name: string): Promise<string> {
  const found = await experimentId(client, name);
  if (found !== null) return found;
  try {
    const answer = await client.json({ method: "POST", path: `${API}/experiments/create`, json: { name }, idempotent: false });
    return textOf(asPart(answer, "answer"), "experiment_id");
  } catch (error) {
    // Somebody else made it meanwhile.
    const now = error instanceof Failure && error.code === "registry_refused" ? await experimentId(client, name) : null;
    if (now === null) throw error;
    return now;
  }
}

async function experimentId(client: MlflowClient, name: string): Promise<string | null> {
  try {
    const answer = await client.json({ method: "GET", path: `${API}/experiments/get-by-name`, query: { experiment_name: name }, idempotent: true });
    return textOf(partOf(asPart(answer, "answer"), "experiment"), "experiment_id");
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found") return null;
    throw error;
  }
}

export interface MlflowRun {
  readonly runId: string;
  readonly artifactUri: string;
}

export interface NewRun {
  readonly experimentId: string;
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly startTime: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Not repeated after a time-out: each call makes a run. */
export async function createRun(client: MlflowClient, { experimentId, name, startTime, tags }: NewRun): Promise<MlflowRun> {
  const json = { experiment_id: experimentId, run_name: name, start_time: startTime, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
  const answer = await client.json({ method: "POST", path: `${API}/runs/create`, json, idempotent: false });
  return runOf(answer);
}

/** @throws Failure `not_found`. */
export async function getRun(client: MlflowClient, runId: string): Promise<MlflowRun> {
  return runOf(await client.json({ method: "GET", path: `${API}/runs/get`, query: { run_id: runId }, idempotent: true }));
}

/** The latest value of every metric of a run that is a finite number; none when the run is gone. */
export async function latestMetrics(client: MlflowClient, runId: string): Promise<Readonly<Record<string, number>>> {
  let answer: unknown;
  try {
    answer = await client.json({ method: "GET", path: `${API}/runs/get`, query: { run_id: runId }, idempotent: true });
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found") return {};
    throw error;
  }
  const values = partsOf(partOf(partOf(asPart(answer, "answer"), "run"), "data"), "metrics").map((metric) => [textOf(metric, "key"), metric.value["value"]] as const);
  // NaN comes as text or not at all, and an infinity as the largest double: none of them is a score.
  return Object.fromEntries(values.filter((entry): entry is readonly [string, number] => typeof entry[1] === "number" && Math.abs(entry[1]) < Number.MAX_VALUE));
}

/** The run is over. */
export async function finishRun(client: MlflowClient, runId: string, endTime: number): Promise<void> {
  await client.json({ method: "POST", path: `${API}/runs/update`, json: { run_id: runId, status: "FINISHED", end_time: endTime }, idempotent: true });
}

export interface MetricPoint {
  readonly name: string;
  readonly value: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly step: number;
}

/** In batches of the size that MLflow takes; the same point again is not written twice. */
export async function logMetrics(client: MlflowClient, runId: string, points: readonly MetricPoint[]): Promise<void> {
  const metrics = points.map(({ name, value, at, step }) => ({ key: name, value: jsonNumber(value), timestamp: at, step }));
  for (let from = 0; from < metrics.length; from += 1000) await logBatch(client, { run_id: runId, metrics: metrics.slice(from, from + 1000) });
}

/** A parameter is written once: another value for the same name is `registry_refused`. */
export async function logParams(client: MlflowClient, runId: string, params: Readonly<Record<string, string>>): Promise<void> {
  const entries = Object.entries(params).map(([key, value]) => ({ key, value }));
  for (let from = 0; from < entries.length; from += 100) await logBatch(client, { run_id: runId, params: entries.slice(from, from + 100) });
}

async function logBatch(client: MlflowClient, json: object): Promise<void> {
  await client.json({ method: "POST", path: `${API}/runs/log-batch`, json, idempotent: true });
}

function runOf(answer: unknown): MlflowRun {
  const info = partOf(partOf(asPart(answer, "answer"), "run"), "info");
  return { runId: textOf(info, "run_id"), artifactUri: textOf(info, "artifact_uri") };
}

/** JSON has no NaN and no infinity; MLflow takes them as text. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
