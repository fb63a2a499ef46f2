import { randomStream } from "@gauntlet/core";

import { writeModelFolder, type ModelFiles } from "../../artifact/model-folder.ts";
import { FEATURE_COUNT } from "../../features/feature-names.ts";
import { CLASSES } from "../../learners/dataset.ts";
import type { Model } from "../../learners/model.ts";
import type { Tree } from "../../learners/trees/tree.ts";
import type { ModelType } from "../../policies/bot-policy.ts";
import { MODEL_NAMES } from "../slots.ts";

/** A model folder that no training made: any seed gives another model, of whatever size. */
export function madeFolder(type: ModelType, seed: number, { rounds = 2 }: { readonly rounds?: number } = {}): ModelFiles {
  const model = type === "xgboost" ? madeTrees(seed, rounds) : madeNetwork(seed, type === "feedforward_nn" ? [FEATURE_COUNT, 64, 32, CLASSES] : [FEATURE_COUNT, CLASSES]);
  return writeModelFolder(model, { model_type: type, model_name: MODEL_NAMES[type], run_id: `made-${seed}`, timestamp: "2026-01-01T00:00:00.000Z", lambda_danger: 0 });
}

export function madeNetwork(seed: number, widths: readonly number[]): Model {
  const random = randomStream(seed, 1);
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => random() - 0.5);
  const layers = widths.slice(1).map((outputs, i) => ({ inputs: widths[i]!, outputs, weights: values(widths[i]! * outputs), bias: values(outputs) }));
  return { kind: "network", columns: FEATURE_COUNT, mean: new Float32Array(FEATURE_COUNT), scale: new Float32Array(FEATURE_COUNT).fill(1), layers };
}

/** @param rounds each has a whole tree of depth 3 for each class. */
export function madeTrees(seed: number, rounds: number): Model {
  const random = randomStream(seed, 2);
  return { kind: "trees", columns: FEATURE_COUNT, trees: Array.from({ length: rounds * CLASSES }, (): Tree => {
    const nodes = 15;
    const child = (i: number): number => (i < 7 ? i : -1);
    const zeros = new Float32Array(nodes);
    return {
      left: Int32Array.from({ length: nodes }, (_, i) => (child(i) === -1 ? -1 : 2 * i + 1)),
      right: Int32Array.from({ length: nodes }, (_, i) => (child(i) === -1 ? -1 : 2 * i + 2)),
      parent: Int32Array.from({ length: nodes }, (_, i) => (i === 0 ? -1 : (i - 1) >> 1)),
      column: Int32Array.from({ length: nodes }, (_, i) => (child(i) === -1 ? 0 : Math.floor(random() * FEATURE_COUNT))),
      value: Float32Array.from({ length: nodes }, (_, i) => (child(i) === -1 ? 0.1 * (random() - 0.5) : random() * 2)),
      gain: zeros,
      hessian: zeros.map(() => 1),
      weight: zeros,
    };
  }) };
}
