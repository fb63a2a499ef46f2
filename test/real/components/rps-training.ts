import { createMlflowClient } from "@gauntlet/server";

import { folderDigest } from "../../../examples/rps/src/artifact/folder-digest.ts";
import { readModelFolder } from "../../../examples/rps/src/artifact/model-folder.ts";
import { MODEL_TYPES } from "../../../examples/rps/src/artifact/model-types.ts";
import { restReader } from "../../../examples/rps/src/serving/registry/rest-reader.ts";
import { MODEL_NAMES } from "../../../examples/rps/src/serving/slots.ts";
import { parseTrainingConfig } from "../../../examples/rps/src/training/config/training-config.ts";
import { SELECTION } from "../../../examples/rps/src/training/data/select-rounds.ts";
import { lastCycle } from "../../../examples/rps/src/training/registry/cycles.ts";
import { playedGames } from "../../../examples/rps/src/training/testing/played-games.ts";
import { trainingCycle, type CycleOptions } from "../../../examples/rps/src/training/training-cycle.ts";
import type { Component } from "../component.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";

const HYPERPARAMETERS = { xgboost: { n_estimators: 8 }, feedforward_nn: { epochs: 3 }, multinomial_logistic: { epochs: 3 } } as const;
const ALIASES = ["Production", "shadow1"] as const;

/** Two cycles of training into a real MLflow server, and what serving then reads from it. */
export const component: Component = {
  name: "MLflow server, training of rock, paper, scissors",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const url = await startMlflow(context, installed.bin);
    const mlflow = createMlflowClient({ url, timeoutMs: 30_000, retries: 2 });
    const games = playedGames(60, { seed: 71, name: () => "Ada" });
    const cycle = (at: number): ReturnType<typeof trainingCycle> => trainingCycle({ ...usual, mlflow, store: { trainingRounds: async () => games }, now: () => at });
    const first = await cycle(Date.UTC(2026, 0, 2));
    const second = await cycle(Date.UTC(2026, 0, 3));
    for (const [result, version] of [[first, 1], [second, 3]] as const) {
      if (result.kind !== "trained") throw new Error(`a cycle was ${result.kind}`);
      const versions = result.results.map((one) => (one.kind === "trained" ? `${one.task.alias} ${one.version} ${one.alias}` : one.message));
      const wanted = MODEL_TYPES.flatMap(() => ALIASES.map((alias, i) => `${alias} ${version + i} moved`));
      if (versions.join() !== wanted.join()) throw new Error(`versions are ${versions.join()}, not ${wanted.join()}`);
    }
    const last = await lastCycle(mlflow);
    if (last?.startedAt !== Date.UTC(2026, 0, 3) || last.isRunning) throw new Error(`the last cycle is ${JSON.stringify(last)}`);
    const files = await served(url);
    return { kind: "passed", version: MLFLOW_VERSION, note: `12 runs of two cycles; the second continued the first; ${files} files read back by serving, with the digests they were registered with` };
  },
};

const config = parseTrainingConfig(
  JSON.stringify({
    version: 1,
    description: "small",
    models: MODEL_TYPES.map((type) => ({
      model_type: type,
      model_name: MODEL_NAMES[type],
      configs: ALIASES.map((alias) => ({ id: `${type}_${alias.toLowerCase()}`, description: "small", promote_alias: alias, promote_stage: alias === "Production" ? "Production" : null, hyperparameters: HYPERPARAMETERS[type], mlflow_tags: { config_family: "real", search_index: 1 } })),
    })),
  }),
  "rps-training.ts",
);

const usual = { selection: SELECTION, gate: null, history: "whole", types: MODEL_TYPES, aliases: ALIASES, config, threads: 2, seed: 1 } as const satisfies Partial<CycleOptions>;

/** How many files serving reads of all aliases. @throws Error when they are not those that were registered, or no models. */
async function served(url: string): Promise<number> {
  const reader = restReader({ url, timeoutMs: 30_000 });
  let count = 0;
  for (const type of MODEL_TYPES) {
    const aliases = await reader.aliases(MODEL_NAMES[type]);
    for (const [i, alias] of ALIASES.entries()) {
      const version = aliases.get(alias);
      if (version !== String(3 + i)) throw new Error(`${MODEL_NAMES[type]}@${alias} is version ${version}`);
      const registered = await reader.version(MODEL_NAMES[type], version);
      const files = await reader.files(registered);
      if (folderDigest(files) !== registered.digest) throw new Error(`${MODEL_NAMES[type]}@${alias} has another digest than it was registered with`);
      if (readModelFolder(files).metadata.run_id !== registered.runId) throw new Error(`${MODEL_NAMES[type]}@${alias} is of another run`);
      count += files.size;
    }
  }
  return count;
}
