import { createRun, createVersion, DIGEST_TAG, ensureRegisteredModel, finishRun, logMetrics, logParams, type MlflowClient } from "@gauntlet/server";

import { folderDigest } from "../../artifact/folder-digest.ts";
import { MODEL_NAMES } from "../../serving/slots.ts";
import { confusionMatrixSvg } from "../plots/confusion-matrix.ts";
import { lossPlotSvg } from "../plots/loss-plot.ts";
import { foldsCsv, summaryCsv } from "../plots/tables.ts";
import type { TrainedFiles } from "../pool/job.ts";
import { paramsOf, type Recipe } from "../recipe/recipe.ts";

/** A run of the registry that a training is written into. */
export interface TrainingRun {
  readonly runId: string;
  /** `mlflow-artifacts:/…` */
  readonly artifactUri: string;
}

export interface RunRequest {
  readonly experimentId: string;
  readonly recipe: Recipe;
  /** "ffnn_c01", or the alias. */
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** A run with its hyperparameters, before its training begins: a training that dies leaves one that never finished. */
export async function beginRun(mlflow: MlflowClient, { experimentId, recipe, name, at, tags }: RunRequest): Promise<TrainingRun> {
  const run = await createRun(mlflow, { experimentId, name: `${MODEL_NAMES[recipe.type]} ${name}`, startTime: at, tags: { ...tags, model_type: recipe.type } });
  await logParams(mlflow, run.runId, paramsOf(recipe));
  return run;
}

export interface Registered {
  readonly version: string;
  readonly digest: string;
}

/** Logs a training's figures, plots, tables and model folder, finishes the run, and registers the model as a version. */
export async function registerTraining(mlflow: MlflowClient, { runId, artifactUri }: TrainingRun, { trained, about, at, tags }: { readonly trained: TrainedFiles; readonly about: string; readonly at: number; readonly tags: Readonly<Record<string, string>> }): Promise<Registered> {
  const { type } = trained.recipe;
  const model = MODEL_NAMES[type];
  const metrics = { ...trained.metrics, training_seconds: trained.seconds };
  await logMetrics(mlflow, runId, [
    ...Object.entries(metrics).map(([name, value]) => ({ name, value, at, step: 0 })),
    ...trained.curve.flatMap(({ train, validation }, step) => [
      ...(train === null ? [] : [{ name: "train_loss", value: train, at, step }]),
      ...(validation === null ? [] : [{ name: "val_loss", value: validation, at, step }]),
    ]),
  ]);
  const text = new TextEncoder();
  const files = new Map([
    ...[...trained.files].map(([path, bytes]) => [`model/${path}`, bytes] as const),
    ["plots/confusion_matrix.svg", text.encode(confusionMatrixSvg(trained.confusion, `${model}: hold-out`))],
    ["plots/loss.svg", text.encode(lossPlotSvg(trained.curve, { title: `${model}: log loss`, unit: type === "xgboost" ? "round" : "epoch" }))],
    ["tables/cv_results.csv", text.encode(foldsCsv(trained.folds))],
    ["tables/summary.csv", text.encode(summaryCsv({ run_id: runId, model_type: type, ...paramsOf(trained.recipe), ...metrics }))],
  ]);
  const folder = artifactUri.replace(/^mlflow-artifacts:\/+/, "");
  for (const [path, bytes] of files) await mlflow.bytes({ method: "PUT", path: `/api/2.0/mlflow-artifacts/artifacts/${folder}/${path}`, bytes, idempotent: true });
  await finishRun(mlflow, runId, at);
  await ensureRegisteredModel(mlflow, model, `Foretells the next move of a player of rock, paper, scissors (${type})`);
  const digest = folderDigest(trained.files);
  const version = await createVersion(mlflow, { model, source: `${artifactUri}/model`, runId, description: about, tags: { ...tags, [DIGEST_TAG]: digest } });
  return { version, digest };
}

/** The run ended without a model. */
export async function endRun(mlflow: MlflowClient, runId: string, { status, at }: { readonly status: "FAILED" | "KILLED"; readonly at: number }): Promise<void> {
  await mlflow.json({ method: "POST", path: "/api/2.0/mlflow/runs/update", json: { run_id: runId, status, end_time: at }, idempotent: true });
}
