import { Failure, type Assumption, type KnownWorld, type OperatingPoint, type Policy, type RampWorld, type SimulatedRun, type World } from "@gauntlet/core";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import { trialOf, type Trial } from "./trial.ts";
import type { Job, WorkerReport } from "./worker.ts";

export interface SimulationRequest {
  readonly policy: Policy;
  readonly world: KnownWorld;
  /** Of a ramp: the metric that effects change; null or left out for that of the first noWorseThan check. */
  readonly metric?: string | null;
  /**
   * True relative changes of recall, or of a ramp's metric. null for −10 %, 0, what the policy asks for, 10 %, 20 % and the
   * world's own; of a ramp for parts of the margin to both sides.
   */
  readonly effects: readonly number[] | null;
  /** For each effect. */
  readonly runs: number;
  readonly seed: number;
  /** null: as many as there are processors. */
  readonly threads: number | null;
  readonly onProgress?: (done: number, of: number) => void;
  /** Ends the threads; the promise is then rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** The operating characteristics of a policy. */
export interface SimulationReport {
  readonly policy: string;
  readonly kind: Trial["policy"]["kind"];
  readonly mode: string;
  /** Whose true relative change an effect is. */
  readonly metric: string;
  readonly seed: number;
  readonly runs: number;
  readonly world: World | RampWorld;
  /** The relative change of the metric that the policy asks for, or allows, in this world; null when it does neither. */
  readonly asked: number | null;
  readonly assumed: readonly Assumption[];
  /** By effect, ascending. */
  readonly points: readonly OperatingPoint[];
  /** Effects that this world can't have, such as a share above 1. */
  readonly impossible: readonly { readonly effect: number; readonly says: string }[];
}

/** Runs of a job: small enough that all threads end together. */
const CHUNK = 50;
const THREADS_MAX = 16;

/** Spreads the runs over worker threads; the result does not depend on how many. @throws Failure `invalid_input` */
export async function runSimulations(request: SimulationRequest): Promise<SimulationReport> {
  const { policy, runs, seed } = request;
  if (!Number.isSafeInteger(runs) || runs < 1 || runs > 1_000_000) throw new Failure("invalid_input", `${runs} runs can't be done`, { fix: "give a whole number from 1 to 1000000" });
  const trial = trialOf(policy, request.world, request.metric ?? null);
  const { possible, impossible } = sorted(trial, request.effects ?? trial.usualEffects);
  const jobs = possible.flatMap((one) => Array.from({ length: Math.ceil(runs / CHUNK) }, (_, index): Job => ({ ...one, seed, from: index * CHUNK, to: Math.min(runs, (index + 1) * CHUNK) })));
  const results = await inThreads(jobs, request);
  const each = jobs.length / possible.length;
  const points = possible.map((one, index) => trial.summarise(one, results.slice(index * each, (index + 1) * each).flat()));
  const { world, metric, asked, assumed } = trial;
  return { policy: policy.name, kind: trial.policy.kind, mode: policy.mode, metric, seed, runs, world, asked, assumed, points, impossible };
}

function sorted(trial: Trial, effects: readonly number[]): { readonly possible: readonly ReturnType<Trial["at"]>[]; readonly impossible: SimulationReport["impossible"] } {
  const possible: ReturnType<Trial["at"]>[] = [];
  const impossible: { effect: number; says: string }[] = [];
  let refused: Failure | null = null;
  for (const effect of [...new Set(effects)].toSorted((a, b) => a - b)) {
    try {
      possible.push(trial.at(effect));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      refused = error;
      impossible.push({ effect, says: error.problems[0]?.detail ?? error.message });
    }
  }
  if (possible.length === 0) throw refused ?? new Failure("invalid_input", "there is no effect to simulate", { fix: "give effects, for example 0%,5%,10%" });
  return { possible, impossible };
}

/** Each thread takes the next job when it has done one. Results in the order of the jobs. */
async function inThreads(jobs: readonly Job[], { threads, runs, onProgress, signal }: SimulationRequest): Promise<readonly (readonly SimulatedRun[])[]> {
  const results: (readonly SimulatedRun[])[] = [];
  const total = (jobs.length / Math.ceil(runs / CHUNK)) * runs;
  let next = 0;
  let done = 0;
  const work = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      let current = -1;
      const give = () => {
        if (next === jobs.length) return resolve();
        current = next++;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(jobs[current]);
      };
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Failure("internal", `a simulation thread ended with code ${code}`)));
      worker.on("message", (report: WorkerReport) => {
        done += report.done;
        onProgress?.(done, total);
        if (report.runs === null) return;
        results[current] = report.runs;
        give();
      });
      give();
    });
  const count = Math.min(jobs.length, THREADS_MAX, Math.max(1, threads ?? availableParallelism()));
  const workers = Array.from({ length: count }, () => new Worker(new URL("./worker.ts", import.meta.url)));
  const ended = Promise.withResolvers<never>();
  const abort = () => ended.reject(signal?.reason);
  try {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", abort);
    await Promise.race([Promise.all(workers.map(work)), ended.promise]);
    return results;
  } finally {
    signal?.removeEventListener("abort", abort);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
