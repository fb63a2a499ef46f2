import type { FoldReceipt } from "@gauntlet/controller";
import type { FoldJob } from "../sql/stage-folds.ts";
import type { Database } from "./database.ts";
import { commitFolds } from "./commit-folds.ts";
import type { FoldTables } from "./commit-folds.ts";
import { requestIndex } from "./request-index.ts";

/** Folds that wait together are committed together: one flush of the disk for all of them. */
export interface FoldQueue {
  add(job: FoldJob): Promise<FoldReceipt>;
  /** Commits what waits, now. */
  drain(): void;
}

/** As many as one transaction takes; more would hold up other requests of the process. */
const FOLDS_PER_COMMIT = 64;

interface WaitingFold extends FoldJob {
  resolve(receipt: FoldReceipt): void;
  reject(error: unknown): void;
}

export function foldQueue(database: Database): FoldQueue {
  let waiting: WaitingFold[] = [];
  let scheduled = false;
  const tables = { database, index: requestIndex(database) };
  const commitSome = (): void => {
    const jobs = waiting.slice(0, FOLDS_PER_COMMIT);
    waiting = waiting.slice(FOLDS_PER_COMMIT);
    settle(tables, jobs);
  };
  const schedule = (): void => {
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      commitSome();
      if (waiting.length > 0 && !scheduled) schedule();
    });
  };
  return {
    add: ({ batch, compute }) =>
      new Promise((resolve, reject) => {
        waiting.push({ batch, compute, resolve, reject });
        if (!scheduled) schedule();
      }),
    drain: () => {
      while (waiting.length > 0) commitSome();
    },
  };
}

function settle(tables: FoldTables, jobs: readonly WaitingFold[]): void {
  if (jobs.length === 0) return;
  try {
    const results = commitFolds(tables, jobs);
    for (const [index, job] of jobs.entries()) {
      const result = results[index];
      if (result?.kind === "receipt") job.resolve(result.receipt);
      else job.reject(result?.error);
    }
  } catch (error) {
    // One of them can't be stored: alone, each gets its own answer.
    if (jobs.length === 1) for (const job of jobs) job.reject(error);
    else for (const job of jobs) settle(tables, [job]);
  }
}
