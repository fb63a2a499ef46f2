import { Failure } from "@gauntlet/core";
import type { MlflowClient } from "@gauntlet/server";

import type { RpsMetrics } from "../metrics/rps-metrics.ts";
import type { ModelType } from "../policies/bot-policy.ts";
import { SLOTS } from "../serving/slots.ts";
import type { GameStore } from "../store/game-store.ts";
import { readTrainingConfig } from "../training/config/training-config.ts";
import { SELECTION } from "../training/data/select-rounds.ts";
import { endCycle, lastCycle } from "../training/registry/cycles.ts";
import type { TaskProgress, TaskResult } from "../training/train-tasks.ts";
import { trainingCycle, type CycleOptions } from "../training/training-cycle.ts";

export interface TrainerOptions {
  readonly store: Pick<GameStore, "trainingRounds">;
  readonly mlflow: MlflowClient;
  readonly metrics: Pick<RpsMetrics, "trainingCompleted">;
  /** Hyperparameters of slots that nobody holds yet. */
  readonly configFile: string;
  readonly seed: number;
  readonly now: () => number;
  /** What it may do to the slots. */
  readonly rules: Required<Pick<CycleOptions, "earned" | "mayMove">>;
  readonly onProgress: (progress: TaskProgress) => void;
}

interface TrainingRequest {
  /** Each of their slots is trained by its own hyperparameters. */
  readonly types: readonly ModelType[];
  readonly threads: number;
  readonly signal?: AbortSignal;
}

/** Trains models on the newest games, whenever it is asked to. */
export interface Trainer {
  /** Where nobody else can be training, what still seems to is dead: ends a cycle that an earlier process left. */
  takeOver(): Promise<void>;
  /** @throws Failure `conflict` while others train; the first failure of a training. */
  train(request: TrainingRequest): Promise<{ readonly rows: number; readonly results: readonly TaskResult[] }>;
}

export function createTrainer({ store, mlflow, metrics, configFile, seed, now, rules, onProgress }: TrainerOptions): Trainer {
  let generation = 0;
  return {
    async takeOver() {
      const last = await lastCycle(mlflow);
      if (last?.isRunning === true) await endCycle(mlflow, last.runId, { at: now(), counts: null });
    },
    async train({ types, threads, signal }) {
      const config = await readTrainingConfig(configFile);
      const cycle = await trainingCycle({
        store,
        mlflow,
        now,
        ...rules,
        onProgress,
        config,
        types,
        threads,
        selection: SELECTION,
        gate: null,
        history: "whole",
        aliases: SLOTS,
        seed: seed * 1000 + 100 * ++generation,
        onResult: ({ kind, task, seconds }) => metrics.trainingCompleted({ modelType: task.recipe.type, status: kind === "trained" ? "success" : "failure", durationSeconds: seconds }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (cycle.kind !== "trained") throw new Failure("conflict", "another process trains now", { fix: "wait until it is done" });
      const wrong = cycle.problems[0]?.message ?? cycle.results.flatMap((result) => (result.kind === "failed" ? [`${result.task.name}: ${result.message}`] : []))[0];
      if (wrong !== undefined) throw new Failure("internal", `not all slots could be trained: ${wrong}`, { fix: "look at the run in the registry" });
      return { rows: cycle.rows, results: cycle.results };
    },
  };
}
