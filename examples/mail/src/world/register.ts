import { createRun, createVersion, ensureExperiment, ensureRegisteredModel, finishRun, logMetrics, logParams, type MlflowClient } from "@gauntlet/adapters";
import { isoTime } from "@gauntlet/core";

import { describeModel, loadModel, saveModel } from "../learn/artifact.ts";
import type { SpamModel } from "../learn/model.ts";

/** A version as the registry has it, and the model that was read back from there. */
export interface Registered {
  readonly version: string;
  readonly runId: string;
  /** Where the files of its run are, below the artifact folder. */
  readonly folder: string;
  readonly served: SpamModel;
}

/**
 * Logs a run with its figures and files, registers it as a version, and loads what is served from the registry's own
 * bytes: the digest that is tested is the digest that serves.
 */
export async function register(mlflow: MlflowClient, model: string, trained: { readonly spam: SpamModel; readonly name: string; readonly at: number }): Promise<Registered> {
  const { spam, name, at } = trained;
  await ensureRegisteredModel(mlflow, model, "Is this mail spam?");
  const experimentId = await ensureExperiment(mlflow, "mail world");
  const run = await createRun(mlflow, { experimentId, name: `${model} ${name}`, startTime: at, tags: {} });
  const { from, to, mails, spam: positives } = spam.trainedOn;
  const metrics = { trained_mails: mails, trained_spam: positives, threshold: spam.threshold };
  await logMetrics(mlflow, run.runId, Object.entries(metrics).map(([metric, value]) => ({ name: metric, value, at, step: 0 })));
  await logParams(mlflow, run.runId, { trained_from: isoTime(from), trained_to: isoTime(to), feature_order: spam.featureOrder });
  const folder = run.artifactUri.replace(/^mlflow-artifacts:\/+/, "");
  const artifact = saveModel(spam);
  await put(mlflow, `${folder}/model/model.bin`, artifact.bytes);
  await put(mlflow, `${folder}/model/MLmodel`, new TextEncoder().encode(describeModel(spam, artifact)));
  await finishRun(mlflow, run.runId, at);
  const version = await createVersion(mlflow, {
    model,
    source: `${run.artifactUri}/model`,
    runId: run.runId,
    description: name,
    tags: {
      "gauntlet.digest": artifact.digest,
      "gauntlet.threshold": String(spam.threshold),
      trained_from: isoTime(from),
      trained_to: isoTime(to),
      trained_spam_share: (positives / mails).toFixed(3),
    },
  });
  return { version, runId: run.runId, folder, served: loadModel(await get(mlflow, `${folder}/model/model.bin`), artifact.digest) };
}

const FILES = "/api/2.0/mlflow-artifacts/artifacts";

async function put(mlflow: MlflowClient, path: string, bytes: Uint8Array): Promise<void> {
  await mlflow.bytes({ method: "PUT", path: `${FILES}/${path}`, bytes, idempotent: true });
}

function get(mlflow: MlflowClient, path: string): Promise<Uint8Array> {
  return mlflow.bytes({ method: "GET", path: `${FILES}/${path}`, idempotent: true });
}
