import { Failure } from "@gauntlet/core";
import { z } from "zod";

import { MODEL_TYPES } from "../../artifact/model-types.ts";
import type { ModelType } from "../../policies/bot-policy.ts";

const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const share = z.number().gt(0).max(1);
const rate = z.number().gt(0).max(1);
const classWeights = z.enum(["balanced", "none"]);
const lambdaDanger = z.number().min(0).max(10);

/** Names are those of the configuration file and of the parameters of a run; what is left out has the default of its family. */
const XGBOOST = z.strictObject({
  n_estimators: whole(1, 5000).default(300).describe("rounds; each grows a tree for every move"),
  learning_rate: rate.default(0.05),
  max_depth: whole(1, 12).default(3),
  min_child_weight: z.number().min(0).max(1000).default(2).describe("least sum of second derivatives in a leaf"),
  subsample: share.default(0.8).describe("share of rows that a round sees"),
  colsample_bytree: share.default(0.7).describe("share of columns that a tree may split by"),
  reg_lambda: z.number().min(0).max(1000).default(2),
  reg_alpha: z.number().min(0).max(1000).default(0.1),
  gamma: z.number().min(0).max(1000).default(0),
  early_stopping_rounds: whole(1, 5000).nullable().default(30).describe("rounds without a better validation before it ends; null: never"),
  class_weights: classWeights.default("none"),
  lambda_danger: lambdaDanger.default(0).describe("price of the chance of the move that beats the true one"),
});

const FEEDFORWARD = z.strictObject({
  hidden_dims: z.array(whole(1, 512)).min(1).max(4).default([64, 32]),
  dropout: z.number().min(0).max(0.9).default(0.3),
  epochs: whole(1, 5000).default(200),
  batch_size: whole(2, 4096).default(64),
  learning_rate: rate.default(3e-3),
  weight_decay: z.number().min(0).max(100).default(1e-4),
  patience: whole(1, 5000).default(15).describe("epochs without a better validation before it ends"),
  plateau_patience: whole(1, 5000).nullable().default(7).describe("epochs without a better validation before the rate is halved; null: never"),
  class_weights: classWeights.default("none"),
  lambda_danger: lambdaDanger.default(0),
});

const LOGISTIC = z.strictObject({
  epochs: whole(1, 5000).default(100),
  batch_size: whole(2, 4096).default(64),
  learning_rate: rate.default(5e-3),
  l2: z.number().min(0).max(100).default(1).describe("of the sum of squares of all weights"),
  patience: whole(1, 5000).default(25),
  class_weights: classWeights.default("balanced"),
  lambda_danger: lambdaDanger.default(0),
});

const HYPERPARAMETERS = { xgboost: XGBOOST, feedforward_nn: FEEDFORWARD, multinomial_logistic: LOGISTIC } as const;

/** How a model of a family is trained. */
export type Recipe = { readonly [Type in ModelType]: { readonly type: Type; readonly hyperparameters: Readonly<z.output<(typeof HYPERPARAMETERS)[Type]>> } }[ModelType];

/** @throws Failure `invalid_input` with every wrong place; an unknown name is one. */
export function recipeOf(type: ModelType, hyperparameters: Readonly<Record<string, unknown>>): Recipe {
  const parsed = HYPERPARAMETERS[type].safeParse(hyperparameters);
  if (parsed.success) return { type, hyperparameters: parsed.data } as Recipe;
  const problems = parsed.error.issues.map(({ path, message }) => ({ pointer: path.map((step) => `/${String(step)}`).join(""), detail: message }));
  throw new Failure("invalid_input", `these are no hyperparameters of ${type}: ${problems.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join("; ")}`, {
    fix: `it has ${Object.keys(HYPERPARAMETERS[type].shape).join(", ")}`,
    problems,
  });
}

/** As the registry keeps parameters: texts. */
export function paramsOf({ hyperparameters }: Recipe): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(hyperparameters).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));
}

/**
 * The recipe by which a run was trained, from its parameters; those that are no hyperparameters of the family are others'.
 * @throws Failure `invalid_input` when one is missing or wrong: a default would be another model.
 */
export function recipeOfParams(type: ModelType, params: Readonly<Record<string, string>>): Recipe {
  const names = Object.keys(HYPERPARAMETERS[type].shape);
  const missing = names.filter((name) => params[name] === undefined);
  if (missing.length > 0) throw new Failure("invalid_input", `the run has no parameter ${missing.join(", ")}`, { fix: "train this alias once from a configuration file" });
  return recipeOf(type, Object.fromEntries(names.map((name) => [name, valueOf(params[name]!)])));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** @throws Failure `invalid_input` for a name that is no family, whatever else it may be. */
export function modelTypeOf(name: string): ModelType {
  const found = MODEL_TYPES.find((type) => type === (SHORT_NAMES[name] ?? name));
  if (found === undefined) throw new Failure("invalid_input", `there is no model type "${name.slice(0, 64)}"`, { fix: `there is ${MODEL_TYPES.join(", ")}; for short ${Object.keys(SHORT_NAMES).join(", ")}` });
  return found;
}

/** As configuration files and commands of old have them. */
const SHORT_NAMES: Readonly<Record<string, ModelType>> = { feedforward: "feedforward_nn", mnlogit: "multinomial_logistic" };
