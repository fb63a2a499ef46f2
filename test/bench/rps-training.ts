import { parseConfig, startServer } from "@gauntlet/server";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MODEL_TYPES } from "../../examples/rps/src/artifact/model-types.ts";
import { SLOTS } from "../../examples/rps/src/serving/slots.ts";
import { DEFAULT_CONFIG_FILE, readTrainingConfig } from "../../examples/rps/src/training/config/training-config.ts";
import { gameDataset } from "../../examples/rps/src/training/data/game-dataset.ts";
import { SELECTION, selectRounds } from "../../examples/rps/src/training/data/select-rounds.ts";
import { planContinuation } from "../../examples/rps/src/training/plan-tasks.ts";
import { playedGames } from "../../examples/rps/src/training/testing/played-games.ts";
import { trainTasks } from "../../examples/rps/src/training/train-tasks.ts";
import type { BenchRow } from "./row.ts";

const THREADS = 2;

/** All twelve models of rock, paper, scissors from 3,000 rounds on two threads: three steps each, written into the registry, aliases pointed. */
export async function benchRpsTraining(): Promise<readonly BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), "gauntlet-bench-rps-"));
  const server = await startServer({ ...parseConfig("", "bench", {}), dataDir }, { loop: false, listen: false });
  try {
    const selected = selectRounds(playedGames(400, { seed: 1, name: () => "somebody" }), SELECTION);
    const { mlflow } = server.composition;
    const from = performance.now();
    const cpuFrom = process.cpuUsage().user;
    const rows = gameDataset(selected, "whole");
    const built = performance.now() - from;
    const { tasks } = await planContinuation(mlflow, { types: MODEL_TYPES, aliases: SLOTS, earned: [], config: await readTrainingConfig(DEFAULT_CONFIG_FILE) });
    const results = await trainTasks({ mlflow, rows, tasks, experiment: "bench", threads: THREADS, seed: 1, now: () => Date.now() });
    const seconds = (performance.now() - from) / 1000;
    const cpuSeconds = (process.cpuUsage().user - cpuFrom) / 1e6;
    const failed = results.find(({ kind }) => kind === "failed");
    if (failed !== undefined || results.length !== 12) throw new Error(`${results.length} trainings; ${JSON.stringify(failed)}`);
    return [
      { name: `rps training: twelve models of ${rows.data.rows} rounds on two threads, s`, perSecond: seconds, target: null, atMost: 60 },
      { name: "rps training: processor time of all of that, s", perSecond: cpuSeconds, target: null },
      { name: "rps training: rows of features", perSecond: (rows.data.rows * 1000) / built, target: null },
      ...MODEL_TYPES.map((type) => {
        const accuracy = results.flatMap((result) => (result.kind === "trained" && result.task.recipe.type === type ? [result.metrics["test_accuracy"]!] : []));
        return { name: `rps training: best accuracy of ${type} on the newest fifth, %`, perSecond: 100 * Math.max(...accuracy), target: null };
      }),
    ];
  } finally {
    await server.close();
    await rm(dataDir, { recursive: true });
  }
}
