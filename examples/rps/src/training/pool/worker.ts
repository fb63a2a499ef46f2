import { parentPort } from "node:worker_threads";

import { writeModelFolder } from "../../artifact/model-folder.ts";
import { servingDangerOf } from "../recipe/fit-recipe.ts";
import { trainFamily, type StepProgress } from "../steps/train-family.ts";
import type { TrainedFiles, TrainingJob, WorkerMessage } from "./job.ts";

/** Between two messages about the same step. */
const PROGRESS_MS = 100;

parentPort?.on("message", (job: TrainingJob) => {
  try {
    say({ kind: "trained", trained: trainJob(job) });
  } catch (error) {
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});

function trainJob({ recipe, rows, seed, folder }: TrainingJob): TrainedFiles {
  const from = performance.now();
  let last: { step: StepProgress["step"] | null; at: number } = { step: null, at: 0 };
  const onProgress = (progress: StepProgress): void => {
    const at = performance.now();
    if (progress.step === last.step && at - last.at < PROGRESS_MS) return;
    last = { step: progress.step, at };
    say({ kind: "progress", progress });
  };
  const { model, ...figures } = trainFamily({ recipe, rows, seed, onProgress });
  const files = writeModelFolder(model, { ...folder, model_type: recipe.type, lambda_danger: servingDangerOf(recipe) });
  return { ...figures, files, seconds: Math.round(performance.now() - from) / 1000 };
}

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}
