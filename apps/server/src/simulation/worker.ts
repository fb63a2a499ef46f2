import { simulate, type SimulatedRun, type Simulation } from "@gauntlet/core";
import { parentPort } from "node:worker_threads";

export type Job = Omit<Simulation, "onRun">;

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
  report(simulate({ ...job, onRun }));
});
