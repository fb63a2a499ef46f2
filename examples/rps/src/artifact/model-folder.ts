import { Failure } from "@gauntlet/core";

import { FEATURE_COUNT, FEATURE_NAMES } from "../features/feature-names.ts";
import { damped } from "../learners/danger.ts";
import type { Model } from "../learners/model.ts";
import { predictNetwork } from "../learners/network/network.ts";
import { fromOnnx, toOnnx } from "../learners/network/onnx.ts";
import { packTrees } from "../learners/trees/packed-trees.ts";
import { fromXgboostJson, toXgboostJson } from "../learners/trees/xgboost-json.ts";
import type { ModelType } from "../policies/bot-policy.ts";
import { mlmodelText, pythonEnvironment } from "./mlmodel.ts";
import { MODEL_TYPES } from "./model-types.ts";

/** `metadata.json` of a model folder: which model this is, and by which columns it is asked. */
export interface ModelMetadata {
  readonly model_type: ModelType;
  /** As the registry calls it. */
  readonly model_name: string;
  readonly run_id: string;
  /** ISO 8601, of the end of its training. */
  readonly timestamp: string;
  readonly feature_count: number;
  readonly feature_names: readonly string[];
  /** By which the network's chance of the move that beats the likeliest is damped when it serves: e to the minus this. */
  readonly lambda_danger: number;
}

/** Files by their path within the folder `model` of a run. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

export interface LoadedModel {
  readonly metadata: ModelMetadata;
  /** Chances of the user's next move, in canonical order, for one row of `feature_count` columns. */
  readonly predict: (features: Float32Array) => Float64Array;
}

/**
 * A model as MLflow keeps it: `MLmodel` with the flavors of its library and `python_function`, the library's own file
 * (XGBoost JSON, or ONNX), what Python needs for it, and `metadata.json`.
 */
export function writeModelFolder(model: Model, told: Pick<ModelMetadata, "model_type" | "model_name" | "run_id" | "timestamp" | "lambda_danger">): ModelFiles {
  const metadata: ModelMetadata = { ...told, feature_count: FEATURE_COUNT, feature_names: FEATURE_NAMES };
  const text = new TextEncoder();
  return new Map([
    ["MLmodel", text.encode(mlmodelText(model.kind, metadata))],
    [dataFile(model.kind), model.kind === "trees" ? text.encode(toXgboostJson(model, FEATURE_NAMES)) : toOnnx(model)],
    ...Object.entries(pythonEnvironment(model.kind)).map(([path, content]) => [path, text.encode(content)] as const),
    ["metadata.json", text.encode(`${JSON.stringify(metadata, null, 2)}\n`)],
  ]);
}

/** Paths of the files without which a folder can't be read; the others are for Python. */
export function neededFiles(type: ModelType): readonly string[] {
  return ["metadata.json", dataFile(type === "xgboost" ? "trees" : "network")];
}

function dataFile(kind: Model["kind"]): string {
  return kind === "trees" ? "model.json" : "model.onnx";
}

/** @throws Failure `invalid_input` when a file is missing, or is not what it says, or asks by other columns than ours. */
export function readModelFolder(files: ModelFiles): LoadedModel {
  const metadata = readMetadata(contentOf(files, "metadata.json"));
  const trees = metadata.model_type === "xgboost";
  const bytes = contentOf(files, dataFile(trees ? "trees" : "network"));
  try {
    const model = trees ? fromXgboostJson(new TextDecoder().decode(bytes)) : fromOnnx(bytes);
    if (model.columns !== FEATURE_COUNT) throw new RangeError(`the model has ${model.columns} columns`);
    return { metadata, predict: predictorOf(model, metadata.lambda_danger) };
  } catch (cause) {
    throw new Failure("invalid_input", `the file of model ${metadata.run_id} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`, { fix: "train it again, or fetch its files anew", cause });
  }
}

/** @param lambdaDanger of a network; trees have it in their leaves alone. */
export function predictorOf(model: Model, lambdaDanger: number): LoadedModel["predict"] {
  if (model.kind === "trees") return packTrees(model);
  return lambdaDanger === 0 ? (features) => predictNetwork(model, features) : (features) => damped(predictNetwork(model, features), lambdaDanger);
}

function contentOf(files: ModelFiles, path: string): Uint8Array {
  const content = files.get(path);
  if (content === undefined) throw new Failure("invalid_input", `the model folder has no file ${path}`, { fix: "fetch the whole folder of the run" });
  return content;
}

function readMetadata(bytes: Uint8Array): ModelMetadata {
  let metadata: Partial<ModelMetadata>;
  try {
    metadata = JSON.parse(new TextDecoder().decode(bytes)) as Partial<ModelMetadata>;
  } catch (cause) {
    throw new Failure("invalid_input", "the model folder's metadata.json is no JSON", { fix: "fetch the folder of the run anew", cause });
  }
  const { model_type: type, model_name: name, run_id: run, timestamp, feature_count: count, feature_names: names, lambda_danger: lambda } = metadata;
  const known = MODEL_TYPES.find((one) => one === type);
  if (known === undefined || typeof name !== "string" || typeof run !== "string" || typeof timestamp !== "string") {
    throw new Failure("invalid_input", `the model folder's metadata.json names no model of ${MODEL_TYPES.join(", ")}`, { fix: "fetch the folder of the run anew" });
  }
  if (count !== FEATURE_COUNT || names?.join() !== FEATURE_NAMES.join()) throw new Failure("invalid_input", `model ${run} is asked by other columns than these ${FEATURE_COUNT}`, { fix: "train it again" });
  if (typeof lambda !== "number" || !(lambda >= 0)) throw new Failure("invalid_input", `model ${run} has the lambda_danger ${String(lambda)}`, { fix: "write a number from 0 up" });
  return { model_type: known, model_name: name, run_id: run, timestamp, feature_count: count, feature_names: names, lambda_danger: lambda };
}
