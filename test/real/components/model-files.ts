import { randomStream } from "@gauntlet/core";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { FEATURE_NAMES } from "../../../examples/rps/src/features/feature-names.ts";
import { selectRows, type Dataset } from "../../../examples/rps/src/learners/dataset.ts";
import { predictNetwork } from "../../../examples/rps/src/learners/network/network.ts";
import { toOnnx } from "../../../examples/rps/src/learners/network/onnx.ts";
import { LOGISTIC_RULE, NETWORK_RULE, trainNetwork } from "../../../examples/rps/src/learners/network/train-network.ts";
import { predictTrees, trainTrees, TREES_RULE } from "../../../examples/rps/src/learners/trees/boosted-trees.ts";
import { toXgboostJson } from "../../../examples/rps/src/learners/trees/xgboost-json.ts";
import { datasetOfAll, playedGames } from "../../../examples/rps/src/training/testing/played-games.ts";
import type { Component } from "../component.ts";
import { lastLines } from "../processes.ts";
import { installPython } from "../statistics/install.ts";

interface Scored {
  readonly model: string;
  readonly columns?: readonly string[];
  readonly chances: readonly (readonly number[])[];
}

/** 32-bit sums in another order. */
const TOLERANCE = 2e-6;

/** What the world of rock, paper, scissors saves, in the programs that its formats belong to. */
export const component: Component = {
  name: "XGBoost, ONNX",
  required: true,
  async run(context) {
    const python = await installPython(context, { name: "model-files", requirements: join(import.meta.dirname, "../models/requirements.txt"), packages: ["xgboost-cpu", "onnxruntime"] });
    if (python.kind === "missing") return { kind: "skipped", version: "", why: python.why };
    const folder = join(context.workDir, "model-files");
    await mkdir(folder, { recursive: true });
    const { data: rows } = datasetOfAll(playedGames(80, { seed: 1 }));
    const ours = await saveModels(folder, rows);
    const ran = await context.processes.run({ command: python.command, args: [join(import.meta.dirname, "../models/score.py"), folder], cwd: context.workDir, timeoutMs: 2 * 60_000 });
    if (ran.code !== 0) throw new Error(`the Python program ended with ${ran.code}\n${lastLines(ran.stderr, 20)}`);
    const theirs = ran.stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Scored);
    let largest = 0;
    for (const [model, chances] of ours) largest = Math.max(largest, difference(model, chances, theirs.find((scored) => scored.model === model)));
    return { kind: "passed", version: python.version, note: `${ours.size} models of ${rows.rows} rows; chances differ by ${largest.toExponential(0)} at most` };
  },
};

async function saveModels(folder: string, data: Dataset): Promise<ReadonlyMap<string, readonly Float64Array[]>> {
  const half = Math.floor(data.rows / 2);
  const parts = { data: selectRows(data, Array.from({ length: half }, (_, i) => i)), validation: selectRows(data, Array.from({ length: data.rows - half }, (_, i) => half + i)) };
  const trees = trainTrees(parts.data, { ...TREES_RULE, rounds: 60 }, { random: randomStream(2, 1) });
  const networks = new Map([
    ["feedforward", trainNetwork(parts, { ...NETWORK_RULE, epochs: 10 }, { random: randomStream(3, 1) })],
    ["logistic", trainNetwork(parts, { ...LOGISTIC_RULE, epochs: 10, weightDecay: 1e-3 }, { random: randomStream(4, 1) })],
  ]);
  const rows = Array.from({ length: data.rows }, (_, i) => i * data.columns);
  await writeFile(join(folder, "rows.json"), JSON.stringify(rows.map((from) => [...data.features.subarray(from, from + data.columns)])));
  await writeFile(join(folder, "trees.json"), toXgboostJson(trees, FEATURE_NAMES));
  for (const [name, network] of networks) await writeFile(join(folder, `${name}.onnx`), toOnnx(network));
  return new Map([["trees", rows.map((from) => predictTrees(trees, data.features, from))], ...[...networks].map(([name, network]) => [name, rows.map((from) => predictNetwork(network, data.features, from))] as const)]);
}

/** @throws Error when they scored other rows, other columns, or otherwise than we do. */
function difference(model: string, ours: readonly Float64Array[], theirs: Scored | undefined): number {
  if (theirs?.chances.length !== ours.length) throw new Error(`${model}: ${theirs?.chances.length ?? "no"} rows were scored, not ${ours.length}`);
  if (theirs.columns !== undefined && theirs.columns.join() !== FEATURE_NAMES.join()) throw new Error(`${model}: the columns are ${theirs.columns.join()}`);
  let largest = 0;
  for (const [row, chances] of ours.entries()) for (const [k, chance] of chances.entries()) largest = Math.max(largest, Math.abs(chance - theirs.chances[row]![k]!));
  if (!(largest <= TOLERANCE)) throw new Error(`${model}: chances differ by ${largest}`);
  return largest;
}
