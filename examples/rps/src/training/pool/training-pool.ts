import { Failure } from "@gauntlet/core";
import { Worker } from "node:worker_threads";

import type { StepProgress } from "../steps/train-family.ts";
import type { TrainedFiles, TrainingJob, WorkerMessage } from "./job.ts";

interface JobOptions {
  readonly onProgress?: (progress: StepProgress) => void;
  /** Ends the thread in the middle of its work; the promise is then rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** A few threads that train, so that whoever serves beside them isn't held up. */
export interface TrainingPool {
  /** Waits for a free thread, in the order of the calls. @throws Failure `invalid_input` for what can't be trained, `internal` when the thread dies */
  train(job: TrainingJob, options?: JobOptions): Promise<TrainedFiles>;
  /** Ends every thread; trainings under way are rejected. */
  close(): Promise<void>;
}

/** More than 2,000 rounds of trees take; without bounds a heap grows by what is free, beside whoever serves. */
const HEAP_MAX_MB = 128;
const YOUNG_MAX_MB = 8;

/** Threads are begun when they are needed. */
export function trainingPool(threads: number): TrainingPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: (() => void)[] = [];
  let isClosed = false;
  let busy = 0;

  // A place goes straight to whoever waits longest, so that nobody slips in between.
  const freed = (): void => {
    const next = waiting.shift();
    if (next === undefined) busy--;
    else next();
  };
  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    if (busy >= threads) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy++;
    if (!isClosed && signal?.aborted !== true) return;
    freed();
    signal?.throwIfAborted();
    throw closed();
  };
  const begun = (): Worker => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB, maxYoungGenerationSizeMb: YOUNG_MAX_MB } });
    all.add(worker);
    worker.once("exit", () => all.delete(worker));
    return worker;
  };

  return {
    async train(job, options = {}) {
      await turn(options.signal);
      const worker = idle.pop() ?? begun();
      try {
        const trained = await trainIn(worker, job, options);
        idle.push(worker);
        return trained;
      } catch (error) {
        // Whether it is still at work, nobody can say.
        await worker.terminate();
        throw isClosed ? closed() : error;
      } finally {
        freed();
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

function closed(): Failure {
  return new Failure("conflict", "training was ended", { fix: "begin it again" });
}

function trainIn(worker: Worker, job: TrainingJob, { onProgress, signal }: JobOptions): Promise<TrainedFiles> {
  const { promise, resolve, reject } = Promise.withResolvers<TrainedFiles>();
  const onMessage = (message: WorkerMessage): void => {
    if (message.kind === "progress") onProgress?.(message.progress);
    else if (message.kind === "trained") resolve(message.trained);
    else reject(new Failure("invalid_input", `${job.folder.model_name} can't be trained: ${message.message}`, { fix: "give more games, or other hyperparameters" }));
  };
  const onExit = (code: number): void => reject(new Failure("internal", `a training thread ended with code ${code}`));
  const onAbort = (): void => reject(signal?.reason as Error);
  worker.on("message", onMessage).on("error", reject).on("exit", onExit);
  signal?.addEventListener("abort", onAbort);
  worker.postMessage(job);
  return promise.finally(() => {
    worker.off("message", onMessage).off("error", reject).off("exit", onExit);
    signal?.removeEventListener("abort", onAbort);
  });
}
