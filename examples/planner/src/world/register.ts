import { isoTime, sha256 } from "@gauntlet/core";
import { createRun, createVersion, DIGEST_TAG, ensureExperiment, ensureRegisteredModel, finishRun, logMetrics, type MlflowClient } from "@gauntlet/server";

import type { ReplayScores } from "../replays/scores.ts";
import type { VersionTruth } from "../truth/truth.ts";

/** A version as the registry has it. */
export interface Registered {
  readonly version: string;
  readonly runId: string;
  /** Where the files of its run are, below the artifact folder. */
  readonly folder: string;
}

interface Trained {
  readonly name: string;
  readonly truth: VersionTruth;
  readonly scores: ReplayScores;
  readonly at: number;
}

/** What versions learn from; the offline replay judges them by other weeks. */
const TRAINED_ON = "weeks-2026-02-to-07";

/** Logs a run with its offline scores and its file, and registers it as a version. */
export async function register(mlflow: MlflowClient, model: string, { name, truth, scores, at }: Trained): Promise<Registered> {
  await ensureRegisteredModel(mlflow, model, "Composes meal plans");
  const experimentId = await ensureExperiment(mlflow, "planner world");
  const run = await createRun(mlflow, { experimentId, name: `${model} ${name}`, startTime: at, tags: { evaluation_type: "offline_replay" } });
  await logMetrics(mlflow, run.runId, Object.entries(scores).map(([score, value]) => ({ name: `${score}_score`, value, at, step: 0 })));
  const folder = run.artifactUri.replace(/^mlflow-artifacts:\/+/, "");
  const text = `${JSON.stringify({ name, ...truth })}\n`;
  await mlflow.bytes({ method: "PUT", path: `/api/2.0/mlflow-artifacts/artifacts/${folder}/model/planner.json`, bytes: new TextEncoder().encode(text), idempotent: true });
  await finishRun(mlflow, run.runId, at);
  const tags = { [DIGEST_TAG]: `sha256:${sha256(text)}`, dataset_version: TRAINED_ON, trained_at: isoTime(at) };
  const version = await createVersion(mlflow, { model, source: `${run.artifactUri}/model`, runId: run.runId, description: name, tags });
  return { version, runId: run.runId, folder };
}
