import { isoTime, sha256 } from "@gauntlet/core";
import { registerVersion, type Registered } from "@gauntlet/example-shared";
import { DIGEST_TAG, type MlflowClient } from "@gauntlet/server";

import type { ReplayScores } from "../replays/scores.ts";
import type { VersionTruth } from "../truth/truth.ts";

interface Trained {
  readonly name: string;
  readonly truth: VersionTruth;
  readonly scores: ReplayScores;
  readonly at: number;
}

/** What versions learn from; the offline replay judges them by other weeks. */
const TRAINED_ON = "weeks-2026-02-to-07";

/** Registers a version with its offline scores and its file. */
export function register(mlflow: MlflowClient, model: string, { name, truth, scores, at }: Trained): Promise<Registered> {
  const text = `${JSON.stringify({ name, ...truth })}\n`;
  return registerVersion(mlflow, {
    model,
    about: "Composes meal plans",
    experiment: "planner world",
    name,
    at,
    runTags: { evaluation_type: "offline_replay" },
    metrics: Object.fromEntries(Object.entries(scores).map(([score, value]) => [`${score}_score`, value])),
    params: {},
    files: { "planner.json": new TextEncoder().encode(text) },
    versionTags: { [DIGEST_TAG]: `sha256:${sha256(text)}`, dataset_version: TRAINED_ON, trained_at: isoTime(at) },
  });
}
