import { simulate, simulateRamp, type RampPolicy, type SimulatedRun } from "@gauntlet/core";
import { parentPort } from "node:worker_threads";

import type { Tried } from "./trial.ts";

/** Runs `from` to `to` − 1. */
export type Job = Tried & { readonly seed: number; readonly from: number; readonly to: number };

/** `done` runs more; `runs` when the job is complete. */
export interface WorkerReport {
  readonly done: number;
  readonly runs: readonly SimulatedRun[] | null;
}

const PROGRESS_EVERY = 10;

parentPort?.on("message", (job: Job) => {
  let fresh = 0;
  const report = (runs: WorkerReport["runs"]) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort?.postMessage({ done: fresh, runs } satisfies WorkerReport);
    fresh = 0;
  };
  const onRun = () => {
    fresh += 1;
    if (fresh === PROGRESS_EVERY) report(null);
  };
  const { seed, from, to } = job;
  report(isRamp(job) ? simulateRamp({ policy: job.policy, world: job.world, seed, from, to, onRun }) : simulate({ policy: job.policy, world: job.world, seed, from, to, onRun }));
});

function isRamp(job: Job): job is Extract<Job, { readonly policy: RampPolicy }> {
  return job.policy.kind === "ramp";
}
