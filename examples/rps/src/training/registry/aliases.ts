import { Failure } from "@gauntlet/core";
import type { MlflowClient } from "@gauntlet/server";

import type { ModelType } from "../../policies/bot-policy.ts";
import { MODEL_NAMES } from "../../serving/slots.ts";
import { recipeOfParams, type Recipe } from "../recipe/recipe.ts";

const API = "/api/2.0/mlflow";

/** Which version each alias of a family points at; none where the model isn't there yet. */
export async function aliasesOf(mlflow: MlflowClient, type: ModelType): Promise<ReadonlyMap<string, string>> {
  try {
    const answer = (await mlflow.json({ method: "GET", path: `${API}/registered-models/get`, query: { name: MODEL_NAMES[type] }, idempotent: true })) as { readonly registered_model?: { readonly aliases?: readonly { readonly alias: string; readonly version: string | number }[] } };
    return new Map((answer.registered_model?.aliases ?? []).map(({ alias, version }) => [alias, String(version)]));
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found") return new Map();
    throw error;
  }
}

export async function moveAlias(mlflow: MlflowClient, { type, alias, version }: { readonly type: ModelType; readonly alias: string; readonly version: string }): Promise<void> {
  await mlflow.json({ method: "POST", path: `${API}/registered-models/alias`, json: { name: MODEL_NAMES[type], alias, version }, idempotent: true });
}

export async function moveStage(mlflow: MlflowClient, { type, stage, version }: { readonly type: ModelType; readonly stage: string; readonly version: string }): Promise<void> {
  await mlflow.json({ method: "POST", path: `${API}/model-versions/transition-stage`, json: { name: MODEL_NAMES[type], version, stage, archive_existing_versions: false }, idempotent: true });
}

/** The recipe that a version was trained by, from the parameters of its run. @throws Failure where they don't say. */
export async function recipeOfVersion(mlflow: MlflowClient, type: ModelType, version: string): Promise<Recipe> {
  const { model_version: found } = (await mlflow.json({ method: "GET", path: `${API}/model-versions/get`, query: { name: MODEL_NAMES[type], version }, idempotent: true })) as { readonly model_version?: { readonly run_id?: string } };
  const runId = found?.run_id ?? "";
  if (runId === "") throw new Failure("invalid_input", `version ${version} of ${MODEL_NAMES[type]} has no run, so that nobody knows how it was trained`, { fix: "train this alias once from a configuration file" });
  const { run } = (await mlflow.json({ method: "GET", path: `${API}/runs/get`, query: { run_id: runId }, idempotent: true })) as { readonly run?: { readonly data?: { readonly params?: readonly { readonly key: string; readonly value: string }[] } } };
  return recipeOfParams(type, Object.fromEntries((run?.data?.params ?? []).map(({ key, value }) => [key, value])));
}
