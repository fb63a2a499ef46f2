import { createRun, ensureExperiment, finishRun, logMetrics, type MlflowClient } from "@gauntlet/server";

import { endRun } from "./log-training.ts";

const API = "/api/2.0/mlflow";

/** Marks the run of a whole cycle, whose trainings are its children. */
const CYCLE_TAG = "rps.training_cycle";
const EXPERIMENT = "rps_automated_training_";

/** The last cycle of training, as the registry has it. */
export interface LastCycle {
  readonly runId: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly isRunning: boolean;
}

/** The experiment of a day. */
function experimentOf(at: number): string {
  return EXPERIMENT + new Date(at).toISOString().slice(0, 10).replaceAll("-", "");
}

/** Null before the first. Whoever trained it, and whichever process asks: the registry is the truth, no timer. */
export async function lastCycle(mlflow: MlflowClient): Promise<LastCycle | null> {
  const { experiments = [] } = (await mlflow.json({ method: "POST", path: `${API}/experiments/search`, json: { filter: `name LIKE '${EXPERIMENT}%'`, max_results: 1000 }, idempotent: true })) as { readonly experiments?: readonly { readonly experiment_id: string }[] };
  if (experiments.length === 0) return null;
  const json = { experiment_ids: experiments.map(({ experiment_id: id }) => id), filter: `tags.\`${CYCLE_TAG}\` = 'true'`, order_by: ["start_time DESC"], max_results: 1 };
  const { runs = [] } = (await mlflow.json({ method: "POST", path: `${API}/runs/search`, json, idempotent: true })) as { readonly runs?: readonly { readonly info: { readonly run_id: string; readonly start_time: number | string; readonly status: string } }[] };
  const info = runs[0]?.info;
  return info === undefined ? null : { runId: info.run_id, startedAt: Number(info.start_time), isRunning: info.status === "RUNNING" };
}

/** The run of a cycle; its children name it in `mlflow.parentRunId`. */
export async function beginCycle(mlflow: MlflowClient, at: number): Promise<{ readonly runId: string; readonly experiment: string }> {
  const experiment = experimentOf(at);
  const experimentId = await ensureExperiment(mlflow, experiment);
  const { runId } = await createRun(mlflow, { experimentId, name: `cycle ${new Date(at).toISOString()}`, startTime: at, tags: { [CYCLE_TAG]: "true" } });
  return { runId, experiment };
}

export async function endCycle(mlflow: MlflowClient, runId: string, { at, counts }: { readonly at: number; readonly counts: Readonly<Record<string, number>> | null }): Promise<void> {
  if (counts === null) return endRun(mlflow, runId, { status: "FAILED", at });
  await logMetrics(mlflow, runId, Object.entries(counts).map(([name, value]) => ({ name, value, at, step: 0 })));
  await finishRun(mlflow, runId, at);
}
