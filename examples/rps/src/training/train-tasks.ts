import { Failure } from "@gauntlet/core";
import { ensureExperiment, type MlflowClient } from "@gauntlet/server";

import type { ModelType } from "../policies/bot-policy.ts";
import { MODEL_NAMES, type Slot } from "../serving/slots.ts";
import type { GameDataset } from "./data/game-dataset.ts";
import { trainingPool, type TrainingPool } from "./pool/training-pool.ts";
import type { Recipe } from "./recipe/recipe.ts";
import { aliasesOf, moveAlias, moveStage } from "./registry/aliases.ts";
import { beginRun, endRun, registerTraining, type TrainingRun } from "./registry/log-training.ts";
import type { StepProgress } from "./steps/train-family.ts";

/** A model that is wanted. */
export interface TrainingTask {
  readonly recipe: Recipe;
  /** "ffnn_c01"; of a continuation the alias. */
  readonly name: string;
  readonly description: string;
  /** That is to point at the new version; null: none. */
  readonly alias: Slot | null;
  /** MLflow's stage for it; null: none. */
  readonly stage: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export type TaskResult =
  | {
      readonly kind: "trained";
      readonly task: TrainingTask;
      readonly version: string;
      readonly runId: string;
      readonly digest: string;
      readonly metrics: Readonly<Record<string, number>>;
      /** kept: somebody else moved it while this was trained, or it may not be moved now; the version is registered all the same. */
      readonly alias: "moved" | "kept" | null;
      /** That its thread took, without what it waited for. */
      readonly seconds: number;
    }
  | { readonly kind: "failed"; readonly task: TrainingTask; readonly message: string; readonly seconds: number };

export interface TaskProgress extends StepProgress {
  readonly task: TrainingTask;
}

export interface TrainTasksOptions {
  readonly mlflow: MlflowClient;
  readonly rows: GameDataset;
  readonly tasks: readonly TrainingTask[];
  /** The registry's experiment. */
  readonly experiment: string;
  readonly threads: number;
  /** Threads that stay for the next call; left out: `threads` of its own. */
  readonly pool?: TrainingPool;
  /** Each task has a seed of its own from it, by its place. */
  readonly seed: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Tags of every run. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Asked when a version is registered; left out: every alias may be moved. */
  readonly mayMove?: (type: ModelType, alias: Slot) => boolean | Promise<boolean>;
  readonly onProgress?: (progress: TaskProgress) => void;
  readonly onResult?: (result: TaskResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains, registers, and points aliases at what was trained, each as soon as it and those before it of its family are ready,
 * so that versions are numbered in the order of the tasks, whichever thread is quicker. One that fails fails alone. Results in
 * that order too.
 * @throws Failure `invalid_input` when two tasks want the same alias; what the registry throws before training begins; the reason of `signal`.
 */
export async function trainTasks(options: TrainTasksOptions): Promise<readonly TaskResult[]> {
  const { mlflow, tasks, experiment } = options;
  checkAliases(tasks);
  const held = new Map(await Promise.all([...new Set(tasks.map(({ recipe }) => recipe.type))].map(async (type) => [type, await aliasesOf(mlflow, type)] as const)));
  const experimentId = await ensureExperiment(mlflow, experiment);
  const pool = options.pool ?? trainingPool(options.threads);
  try {
    const last = new Map<ModelType, Promise<unknown>>();
    const settled = await Promise.allSettled(
      tasks.map((task, place) => {
        const { type } = task.recipe;
        const training = trainTask(task, { options, place, pool, experimentId, before: last.get(type), heldBefore: task.alias === null ? undefined : held.get(type)?.get(task.alias) });
        last.set(type, training);
        return training.then((result) => {
          options.onResult?.(result);
          return result;
        });
      }),
    );
    return settled.map((one) => {
      if (one.status === "fulfilled") return one.value;
      throw one.reason;
    });
  } finally {
    if (options.pool === undefined) await pool.close();
  }
}

interface TaskContext {
  readonly options: TrainTasksOptions;
  readonly place: number;
  readonly pool: TrainingPool;
  readonly experimentId: string;
  /** The training whose version comes before this one's. */
  readonly before: Promise<unknown> | undefined;
  /** The version that the alias pointed at before. */
  readonly heldBefore: string | undefined;
}

async function trainTask(task: TrainingTask, { options, place, pool, experimentId, before, heldBefore }: TaskContext): Promise<TaskResult> {
  const { mlflow, rows, seed, now, tags = {}, signal } = options;
  const startedAt = now();
  const from = performance.now();
  let run: TrainingRun | null = null;
  try {
    run = await beginRun(mlflow, { experimentId, recipe: task.recipe, name: task.name, at: startedAt, tags: { ...tags, ...task.tags } });
    const folder = { model_name: MODEL_NAMES[task.recipe.type], run_id: run.runId, timestamp: new Date(startedAt).toISOString() };
    const onProgress = (progress: StepProgress): void => options.onProgress?.({ ...progress, task });
    const trained = await pool.train({ recipe: task.recipe, rows, seed: seed + place, folder }, { onProgress, ...(signal === undefined ? {} : { signal }) });
    await before?.catch(() => undefined);
    const registered = await registerTraining(mlflow, run, { trained, about: task.description, at: now(), tags: task.tags });
    const alias = await pointAlias(task, registered.version, { options, heldBefore });
    if (task.stage !== null) await moveStage(mlflow, { type: task.recipe.type, stage: task.stage, version: registered.version });
    return { kind: "trained", task, ...registered, runId: run.runId, metrics: trained.metrics, alias, seconds: trained.seconds };
  } catch (error) {
    // Whatever is wrong, the run is over; the registry may be what is wrong.
    if (run !== null) await endRun(mlflow, run.runId, { status: signal?.aborted === true ? "KILLED" : "FAILED", at: now() }).catch(() => undefined);
    signal?.throwIfAborted();
    return { kind: "failed", task, message: error instanceof Error ? error.message : String(error), seconds: Math.round(performance.now() - from) / 1000 };
  }
}

/** A swap that came meanwhile is newer than what was known when the training began, and so stands. */
async function pointAlias({ recipe: { type }, alias }: TrainingTask, version: string, { options: { mlflow, mayMove }, heldBefore }: Pick<TaskContext, "options" | "heldBefore">): Promise<"moved" | "kept" | null> {
  if (alias === null) return null;
  if (mayMove !== undefined && !(await mayMove(type, alias))) return "kept";
  if ((await aliasesOf(mlflow, type)).get(alias) !== heldBefore) return "kept";
  await moveAlias(mlflow, { type, alias, version });
  return "moved";
}

function checkAliases(tasks: readonly TrainingTask[]): void {
  const taken = new Map<string, TrainingTask>();
  for (const task of tasks) {
    if (task.alias === null) continue;
    const key = `${task.recipe.type}@${task.alias}`;
    const other = taken.get(key);
    if (other !== undefined) throw new Failure("invalid_input", `${other.name} and ${task.name} both want ${key}`, { fix: "let one of them have it" });
    taken.set(key, task);
  }
}
