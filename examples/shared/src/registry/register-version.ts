import { createRun, createVersion, ensureExperiment, ensureRegisteredModel, finishRun, logMetrics, logParams, type MlflowClient } from "@gauntlet/server";

/** A version as the registry has it. */
export interface Registered {
  readonly version: string;
  readonly runId: string;
  /** Where the files of its run are, below the artifact folder. */
  readonly folder: string;
}

/** What a training run leaves behind. */
export interface Trained {
  readonly model: string;
  /** What the model is for, in a sentence. */
  readonly about: string;
  /** The registry's experiment: one a world. */
  readonly experiment: string;
  /** What this version is called. */
  readonly name: string;
  readonly at: number;
  readonly runTags: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  /** By their path in the folder `model` of the run. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly versionTags: Readonly<Record<string, string>>;
}

/** Logs a run with its figures and files, and registers it as a version. */
export async function registerVersion(mlflow: MlflowClient, { model, about, experiment, name, at, ...trained }: Trained): Promise<Registered> {
  await ensureRegisteredModel(mlflow, model, about);
  const experimentId = await ensureExperiment(mlflow, experiment);
  const run = await createRun(mlflow, { experimentId, name: `${model} ${name}`, startTime: at, tags: trained.runTags });
  await logMetrics(mlflow, run.runId, Object.entries(trained.metrics).map(([metric, value]) => ({ name: metric, value, at, step: 0 })));
  if (Object.keys(trained.params).length > 0) await logParams(mlflow, run.runId, trained.params);
  const folder = run.artifactUri.replace(/^mlflow-artifacts:\/+/, "");
  for (const [path, bytes] of Object.entries(trained.files)) {
    await mlflow.bytes({ method: "PUT", path: `${FILES}/${folder}/model/${path}`, bytes, idempotent: true });
  }
  await finishRun(mlflow, run.runId, at);
  const version = await createVersion(mlflow, { model, source: `${run.artifactUri}/model`, runId: run.runId, description: name, tags: trained.versionTags });
  return { version, runId: run.runId, folder };
}

/** The bytes of a version's file as the registry gives them: what is tested is what serves. */
export function readModelFile(mlflow: MlflowClient, { folder }: Registered, path: string): Promise<Uint8Array> {
  return mlflow.bytes({ method: "GET", path: `${FILES}/${folder}/model/${path}`, idempotent: true });
}

/** Puts a file into a version's run, beside its model; what was there is replaced. */
export async function writeRunFile(mlflow: MlflowClient, { folder }: Registered, { path, bytes }: { readonly path: string; readonly bytes: Uint8Array }): Promise<void> {
  await mlflow.bytes({ method: "PUT", path: `${FILES}/${folder}/${path}`, bytes, idempotent: true });
}

const FILES = "/api/2.0/mlflow-artifacts/artifacts";
