import { isoTime } from "@gauntlet/core";
import { readModelFile, registerVersion, type Registered } from "@gauntlet/example-shared";
import type { MlflowClient } from "@gauntlet/server";

import { describeModel, loadModel, saveModel } from "../learn/artifact.ts";
import type { SpamModel } from "../learn/model.ts";

/** A version as the registry has it, and the model that was read back from there. */
interface Served extends Registered {
  readonly served: SpamModel;
}

/**
 * Registers a version, and loads what is served from the registry's own bytes: the digest that is tested is the digest
 * that serves.
 */
export async function register(mlflow: MlflowClient, model: string, trained: { readonly spam: SpamModel; readonly name: string; readonly at: number }): Promise<Served> {
  const { spam, name, at } = trained;
  const { from, to, mails, spam: positives } = spam.trainedOn;
  const artifact = saveModel(spam);
  const registered = await registerVersion(mlflow, {
    model,
    about: "Is this mail spam?",
    experiment: "mail world",
    name,
    at,
    runTags: {},
    metrics: { trained_mails: mails, trained_spam: positives, threshold: spam.threshold },
    params: { trained_from: isoTime(from), trained_to: isoTime(to), feature_order: spam.featureOrder },
    files: { "model.bin": artifact.bytes, MLmodel: new TextEncoder().encode(describeModel(spam, artifact)) },
    versionTags: {
      "gauntlet.digest": artifact.digest,
      "gauntlet.threshold": String(spam.threshold),
      trained_from: isoTime(from),
      trained_to: isoTime(to),
      trained_spam_share: (positives / mails).toFixed(3),
    },
  });
  return { ...registered, served: loadModel(await readModelFile(mlflow, registered, "model.bin"), artifact.digest) };
}
