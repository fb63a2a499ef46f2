import { readModelFile, registerVersion, writeRunFile, type Registered } from "@gauntlet/example-shared";
import type { MlflowClient } from "@gauntlet/server";

import { trainingFiles } from "../analysis/training-files.ts";
import type { Scaler } from "../features/scaler.ts";
import { describeModel, digestOf, loadModel, saveModel } from "../learn/artifact.ts";
import type { FraudModel } from "../learn/fraud-model.ts";
import { passGate } from "../learn/gate.ts";
import type { MadeVersion } from "../learn/make-versions.ts";

/** A version as the registry has it, and as it serves. */
export interface Served {
  readonly registered: Registered;
  readonly made: MadeVersion;
  /** Read back from the registry, with the scaler that the feature service gives it. */
  readonly model: FraudModel;
  /** Of what was read back, by path in the run. */
  readonly manifest: Readonly<Record<string, string>>;
}

interface Request {
  readonly model: string;
  readonly made: MadeVersion;
  readonly scaler: Scaler;
  readonly at: number;
}

/** Registers a version with all that its training knows, and loads what serves from the registry's own bytes. */
export async function register(mlflow: MlflowClient, { model, made, scaler, at }: Request): Promise<Served> {
  const { bytes, digest } = saveModel(made.model);
  const files = { "model.json": bytes, MLmodel: new TextEncoder().encode(describeModel(made.model, digest)) };
  const registered = await registerVersion(mlflow, {
    model,
    about: "Is this payment a fraud?",
    experiment: "fraud world",
    name: made.model.name,
    at,
    runTags: {},
    metrics: { ...passGate(made.model, made.holdout), threshold: made.model.threshold },
    params: { reading: made.model.reading, hidden: String(made.model.network.hidden), training_payments: String(made.training.length) },
    files,
    versionTags: { "gauntlet.digest": digest, "gauntlet.threshold": String(made.model.threshold) },
  });
  const manifest = Object.fromEntries(Object.entries(files).map(([path, content]) => [`model/${path}`, digestOf(content)]));
  await writeFiles(mlflow, registered, trainingFiles(made, manifest));
  const read = await readModelFile(mlflow, registered, "model.json");
  const descriptor = await readModelFile(mlflow, registered, "MLmodel");
  return { registered, made, model: { ...loadModel(read, digest), scaler }, manifest: { "model/model.json": digestOf(read), "model/MLmodel": digestOf(descriptor) } };
}

/** As JSON, by path in the run. */
export async function writeFiles(mlflow: MlflowClient, registered: Registered, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) await writeRunFile(mlflow, registered, { path, bytes: new TextEncoder().encode(JSON.stringify(content)) });
}
