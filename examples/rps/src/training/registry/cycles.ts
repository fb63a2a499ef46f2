import { createRun, ensureExperiment, finishRun, logMetrics, type MlflowClient } from "@gauntlet/server";

import { endRun } from "./log-training.ts";

const API = "/api/2.0/mlflow";

/** Marks the run of a whole cycle, whose trainings are its children. */
const CYCLE_TAG = "rps.training_cycle";
const EXPERIMENT = "rps_automated_training_";

/** A cycle of training, as the registry has it. */
interface Cycle {
  readonly runId: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly isRunning: boolean;
  /** When it last gave a sign of life, at its beginning or after. */
  readonly seenAt: number;
}

const SEEN_TAG = "rps.training_cycle_seen";
/** A cycle that is silent for so long has died: every model that is trained is a sign of life. */
const SILENCE_MAX_MS = 15 * 60_000;
/** Far more than can run at once. */
const CYCLES_SEARCHED = 20;

/** The experiment of a day. */
function experimentOf(at: number): string {
  return EXPERIMENT + new Date(at).toISOString().slice(0, 10).replaceAll("-", "");
}

/** Null before the first. Whoever trained it, and whichever process asks: the registry is the truth, no timer. */
export async function lastCycle(mlflow: MlflowClient): Promise<Cycle | null> {
  return (await newestCycles(mlflow))[0] ?? null;
}

/** The newest first. */
async function newestCycles(mlflow: MlflowClient): Promise<readonly Cycle[]> {
  const { experiments = [] } = (await mlflow.json({ method: "POST", path: `${API}/experiments/search`, json: { filter: `name LIKE '${EXPERIMENT}%'`, max_results: 1000 }, idempotent: true })) as { readonly experiments?: readonly { readonly experiment_id: string }[] };
  if (experiments.length === 0) return [];
  const json = { experiment_ids: experiments.map(({ experiment_id: id }) => id), filter: `tags.\`${CYCLE_TAG}\` = 'true'`, order_by: ["start_time DESC"], max_results: CYCLES_SEARCHED };
  const { runs = [] } = (await mlflow.json({ method: "POST", path: `${API}/runs/search`, json, idempotent: true })) as { readonly runs?: readonly { readonly info: { readonly run_id: string; readonly start_time: number | string; readonly status: string }; readonly data?: { readonly tags?: readonly { readonly key: string; readonly value: string }[] } }[] };
  return runs.map(({ info, data }) => {
    const startedAt = Number(info.start_time);
    const seen = Number(data?.tags?.find(({ key }) => key === SEEN_TAG)?.value ?? startedAt);
    return { runId: info.run_id, startedAt, isRunning: info.status === "RUNNING", seenAt: Math.max(startedAt, seen) };
  });
}

/** Another cycle that runs. Of two that begin at once both may find the other, and none trains then; never do both. */
async function otherCycle(mlflow: MlflowClient, ours: Pick<Cycle, "runId" | "startedAt">): Promise<Cycle | null> {
  return (await newestCycles(mlflow)).find((cycle) => cycle.isRunning && cycle.runId !== ours.runId && cycle.seenAt > ours.startedAt - SILENCE_MAX_MS) ?? null;
}

export type BegunCycle = { readonly kind: "begun"; readonly runId: string; readonly experiment: string } | { readonly kind: "busy"; readonly since: number };

/** The run of a cycle; its children name it in `mlflow.parentRunId`. Not while another runs. */
export async function beginCycle(mlflow: MlflowClient, at: number): Promise<BegunCycle> {
  const experiment = experimentOf(at);
  const experimentId = await ensureExperiment(mlflow, experiment);
  const { runId } = await createRun(mlflow, { experimentId, name: `cycle ${new Date(at).toISOString()}`, startTime: at, tags: { [CYCLE_TAG]: "true" } });
  const other = await otherCycle(mlflow, { runId, startedAt: at });
  if (other === null) return { kind: "begun", runId, experiment };
  await endRun(mlflow, runId, { status: "KILLED", at });
  return { kind: "busy", since: other.startedAt };
}

/** A sign of life. */
export async function touchCycle(mlflow: MlflowClient, runId: string, at: number): Promise<void> {
  await mlflow.json({ method: "POST", path: `${API}/runs/set-tag`, json: { run_id: runId, key: SEEN_TAG, value: String(at) }, idempotent: true });
}

export async function endCycle(mlflow: MlflowClient, runId: string, { at, counts }: { readonly at: number; readonly counts: Readonly<Record<string, number>> | null }): Promise<void> {
  if (counts === null) return endRun(mlflow, runId, { status: "FAILED", at });
  await logMetrics(mlflow, runId, Object.entries(counts).map(([name, value]) => ({ name, value, at, step: 0 })));
  await finishRun(mlflow, runId, at);
}
