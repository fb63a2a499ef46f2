import { expect, test } from "vitest";

import { MODEL_TYPES } from "../../artifact/model-types.ts";
import { SLOTS } from "../../serving/slots.ts";
import { paramsOf, recipeOf, recipeOfParams } from "../recipe/recipe.ts";
import { DEFAULT_CONFIG_FILE, parseTrainingConfig, readTrainingConfig } from "./training-config.ts";

test("the platform's file has twelve entries a family; four of each begin under an alias", async () => {
  const { entries } = await readTrainingConfig(DEFAULT_CONFIG_FILE);
  for (const [type, prefix] of [["feedforward_nn", "ffnn"], ["multinomial_logistic", "mn"], ["xgboost", "xgb"]] as const) {
    const own = entries.filter(({ recipe }) => recipe.type === type);
    expect(own.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, i) => `${prefix}_c${String(i + 1).padStart(2, "0")}`));
    expect(own.flatMap(({ alias }) => alias ?? [])).toEqual(SLOTS);
    expect(new Set(own.map(({ recipe }) => JSON.stringify(recipe))).size).toBe(12);
  }
});

const MODEL = { model_type: "xgboost", model_name: "rps_bot_xgboost", configs: [entry({})] };

function entry(change: object) {
  return { id: "xgb_c01", description: "", promote_alias: null, promote_stage: null, hyperparameters: {}, mlflow_tags: { config_family: "trees", search_index: 1 }, ...change };
}

const parse = (...models: readonly object[]) => parseTrainingConfig(JSON.stringify({ version: 1, description: "", models }), "c.json");

test.each([
  ["another key", [{ ...MODEL, notes: "" }], "/models/0", /notes/],
  ["another hyperparameter", [{ ...MODEL, configs: [entry({ hyperparameters: { eta: 0.1 } })] }], "/models/0/configs/0/hyperparameters", /eta/],
  ["a text for a number", [{ ...MODEL, configs: [entry({ hyperparameters: { max_depth: "3" } })] }], "/models/0/configs/0/hyperparameters/max_depth", /number/],
  ["a truthy text", [{ ...MODEL, configs: [entry({ hyperparameters: { class_weights: "false" } })] }], "/models/0/configs/0/hyperparameters/class_weights", /balanced/],
  ["an unknown family", [{ ...MODEL, model_type: "forest" }], "/models/0/model_type", /forest/],
  ["another's name", [{ ...MODEL, model_name: "rps_bot_mnlogit" }], "/models/0/model_name", /rps_bot_xgboost/],
  ["an unknown alias", [{ ...MODEL, configs: [entry({ promote_alias: "C" })] }], "/models/0/configs/0/promote_alias", /Production/],
  ["an id twice", [MODEL, MODEL], "/models", /twice/],
  ["an alias twice", [{ ...MODEL, configs: [entry({ promote_alias: "B" }), entry({ id: "xgb_c02", promote_alias: "B" })] }], "/models", /another entry wants/],
] as const)("%s is refused with its place", (_, models, pointer, detail) => {
  expect(() => parse(...models)).toThrow(expect.objectContaining({ code: "invalid_input", problems: expect.arrayContaining([{ pointer, detail: expect.stringMatching(detail) }]) }));
});

test("what is no JSON, and a file that isn't there, are refused", async () => {
  expect(() => parseTrainingConfig("{", "c.json")).toThrow(/no JSON/);
  await expect(readTrainingConfig("/nowhere.json")).rejects.toMatchObject({ code: "not_found" });
});

test.each(MODEL_TYPES)("a recipe of %s is read back from the parameters of its run", (type) => {
  const recipe = recipeOf(type, type === "xgboost" ? { early_stopping_rounds: null, learning_rate: 0.07 } : { learning_rate: 0.07, lambda_danger: 0.25 });
  const params = paramsOf(recipe);
  expect(recipeOfParams(type, { ...params, somebody_elses: "x" })).toEqual(recipe);
  expect(() => recipeOfParams(type, { ...params, learning_rate: "fast" })).toThrow(/learning_rate/);
  const { lambda_danger: _, ...rest } = params;
  expect(() => recipeOfParams(type, rest)).toThrow(/no parameter lambda_danger/);
});
