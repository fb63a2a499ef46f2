import type { MlflowClient } from "@gauntlet/server";

import { MODEL_TYPES } from "../artifact/model-types.ts";
import type { RpsMetrics } from "../metrics/rps-metrics.ts";
import type { ModelType } from "../policies/bot-policy.ts";
import type { Slot } from "../serving/slots.ts";
import type { GameStore } from "../store/game-store.ts";
import { DEFAULT_CONFIG_FILE, readTrainingConfig } from "../training/config/training-config.ts";
import { gameDataset } from "../training/data/game-dataset.ts";
import { selectRounds, SELECTION } from "../training/data/select-rounds.ts";
import { planContinuation } from "../training/plan-tasks.ts";
import { trainTasks, type TaskProgress, type TaskResult } from "../training/train-tasks.ts";

export interface TrainerOptions {
  readonly store: Pick<GameStore, "trainingRounds">;
  readonly mlflow: MlflowClient;
  readonly metrics: Pick<RpsMetrics, "trainingCompleted">;
  readonly threads: number;
  readonly seed: number;
  readonly now: () => number;
  /** Whether a slot may be pointed at another version now. */
  readonly mayMove: (type: ModelType, slot: Slot) => Promise<boolean>;
  readonly onProgress: (progress: TaskProgress) => void;
}

/** Trains a model for each of some slots of every family on the newest games, each slot by its own hyperparameters. */
export interface Trainer {
  train(slots: readonly Slot[]): Promise<{ readonly rows: number; readonly results: readonly TaskResult[] }>;
}

export function createTrainer({ store, mlflow, metrics, threads, seed, now, mayMove, onProgress }: TrainerOptions): Trainer {
  let generation = 0;
  return {
    async train(slots) {
      const config = await readTrainingConfig(DEFAULT_CONFIG_FILE);
      const games = await store.trainingRounds(null, { playerNameLike: null, policies: null, roundsMax: null });
      const rows = gameDataset(selectRounds(games, SELECTION), "whole");
      const { tasks, problems } = await planContinuation(mlflow, { types: MODEL_TYPES, aliases: slots, config });
      if (problems.length > 0) throw new Error(`${problems.length} slots can't be trained: ${problems[0]!.message}`);
      generation++;
      const results = await trainTasks({ mlflow, rows, tasks, experiment: "rps world", threads, seed: seed * 1000 + generation * 100, now, tags: { generation: String(generation) }, mayMove, onProgress });
      for (const { kind, task, seconds } of results) metrics.trainingCompleted({ modelType: task.recipe.type, status: kind === "trained" ? "success" : "failure", durationSeconds: seconds });
      return { rows: rows.data.rows, results };
    },
  };
}
