import { randomStream } from "@gauntlet/core";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { readModelFolder, writeModelFolder } from "../../../examples/rps/src/artifact/model-folder.ts";
import { FEATURE_NAMES } from "../../../examples/rps/src/features/feature-names.ts";
import { selectRows, type Dataset } from "../../../examples/rps/src/learners/dataset.ts";
import { fitRecipe } from "../../../examples/rps/src/training/recipe/fit-recipe.ts";
import { recipeOf, type Recipe } from "../../../examples/rps/src/training/recipe/recipe.ts";
import { datasetOfAll, playedGames } from "../../../examples/rps/src/training/testing/played-games.ts";
import type { Component } from "../component.ts";
import { lastLines } from "../processes.ts";
import { installPython } from "../statistics/install.ts";

interface Scored {
  readonly model: string;
  readonly way: "library" | "mlflow";
  readonly columns: readonly string[] | null;
  readonly chances: readonly (readonly number[])[];
}

/** 32-bit sums in another order. */
const TOLERANCE = 2e-6;

const RECIPES: readonly Recipe[] = [recipeOf("xgboost", { n_estimators: 60 }), recipeOf("feedforward_nn", { epochs: 10 }), recipeOf("multinomial_logistic", { epochs: 10, l2: 0.0005 })];

/** The model folders that rock, paper, scissors registers, in the programs that their formats belong to. */
export const component: Component = {
  name: "XGBoost, ONNX, MLflow models",
  required: true,
  async run(context) {
    const packages = ["xgboost-cpu", "onnxruntime", "onnx", "pandas", "mlflow-skinny"];
    const python = await installPython(context, { name: "model-files", requirements: join(import.meta.dirname, "../models/requirements.txt"), packages });
    if (python.kind === "missing") return { kind: "skipped", version: "", why: python.why };
    const folder = join(context.workDir, "model-files");
    await mkdir(folder, { recursive: true });
    const { data } = datasetOfAll(playedGames(80, { seed: 1 }));
    const ours = await saveModels(folder, data);
    const ran = await context.processes.run({ command: python.command, args: [join(import.meta.dirname, "../models/score.py"), folder], cwd: context.workDir, timeoutMs: 3 * 60_000 });
    if (ran.code !== 0) throw new Error(`the Python program ended with ${ran.code}\n${lastLines(ran.stderr, 20)}`);
    const theirs = ran.stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Scored);
    let largest = 0;
    for (const [model, chances] of ours) {
      for (const way of ["library", "mlflow"] as const) largest = Math.max(largest, difference(`${model} by ${way}`, chances, theirs.find((scored) => scored.model === model && scored.way === way)));
    }
    return { kind: "passed", version: python.version, note: `${ours.size} model folders of ${data.rows} rows, by their libraries and by mlflow.pyfunc; chances differ by ${largest.toExponential(0)} at most` };
  },
};

/** The chances that each folder gives here, once it is read back. */
async function saveModels(folder: string, data: Dataset): Promise<ReadonlyMap<string, readonly Float64Array[]>> {
  const half = Math.floor(data.rows / 2);
  const parts = { data: selectRows(data, Array.from({ length: half }, (_, i) => i)), validation: selectRows(data, Array.from({ length: data.rows - half }, (_, i) => half + i)) };
  const rows = Array.from({ length: data.rows }, (_, row) => data.features.subarray(row * data.columns, (row + 1) * data.columns));
  await writeFile(join(folder, "rows.json"), JSON.stringify(rows.map((row) => [...row])));
  const chances = new Map<string, readonly Float64Array[]>();
  for (const [i, recipe] of RECIPES.entries()) {
    const model = fitRecipe(recipe, { ...parts, random: randomStream(2 + i, 1) });
    const files = writeModelFolder(model, { model_type: recipe.type, model_name: "rps", run_id: "0".repeat(32), timestamp: "2026-01-01T00:00:00.000Z", lambda_danger: 0 });
    for (const [path, bytes] of files) {
      const file = join(folder, recipe.type, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
    const { predict } = readModelFolder(files);
    chances.set(recipe.type, rows.map((row) => Float64Array.from(predict(row))));
  }
  return chances;
}

/** @throws Error when they scored other rows, other columns, or otherwise than we do. */
function difference(model: string, ours: readonly Float64Array[], theirs: Scored | undefined): number {
  if (theirs?.chances.length !== ours.length) throw new Error(`${model}: ${theirs?.chances.length ?? "no"} rows were scored, not ${ours.length}`);
  if (theirs.columns !== null && theirs.columns.join() !== FEATURE_NAMES.join()) throw new Error(`${model}: the columns are ${theirs.columns.join()}`);
  let largest = 0;
  for (const [row, chances] of ours.entries()) for (const [k, chance] of chances.entries()) largest = Math.max(largest, Math.abs(chance - theirs.chances[row]![k]!));
  if (!(largest <= TOLERANCE)) throw new Error(`${model}: chances differ by ${largest}`);
  return largest;
}
