import type { FoldReceipt } from "@gauntlet/controller";
import type { FoldJob } from "../sql/stage-folds.ts";
import { commitFolds } from "./commit-folds.ts";
import type { Database } from "./database.ts";

/**
 * Folds of one model go one transaction after another; those that arrive meanwhile share the next one. Folding one
 * model from several transactions at once would only make them wait for each other's cells.
 */
export interface FoldLanes {
  add(job: FoldJob): Promise<FoldReceipt>;
  /** Resolves when every fold that was added has ended. */
  drain(): Promise<void>;
}

const FOLDS_PER_COMMIT = 64;

interface WaitingFold extends FoldJob {
  resolve(receipt: FoldReceipt): void;
  reject(error: unknown): void;
}

export function foldLanes(database: Database): FoldLanes {
  const waiting = new Map<string, WaitingFold[]>();
  const running = new Map<string, Promise<void>>();
  const runLane = async (model: string): Promise<void> => {
    for (;;) {
      const jobs = waiting.get(model)?.splice(0, FOLDS_PER_COMMIT) ?? [];
      if (jobs.length === 0) break;
      await settle(database, jobs);
    }
    waiting.delete(model);
    running.delete(model);
  };
  return {
    add: ({ batch, compute }) =>
      new Promise((resolve, reject) => {
        const lane = waiting.get(batch.model) ?? [];
        waiting.set(batch.model, lane);
        lane.push({ batch, compute, resolve, reject });
        if (!running.has(batch.model)) running.set(batch.model, runLane(batch.model));
      }),
    drain: async () => {
      await Promise.all(running.values());
    },
  };
}

async function settle(database: Database, jobs: readonly WaitingFold[]): Promise<void> {
  try {
    const results = await commitFolds(database, jobs);
    for (const [index, job] of jobs.entries()) {
      const result = results[index];
      if (result?.kind === "receipt") job.resolve(result.receipt);
      else job.reject(result?.error);
    }
  } catch (error) {
    // One of them can't be stored: alone, each gets its own answer.
    if (jobs.length === 1) for (const job of jobs) job.reject(error);
    else for (const job of jobs) await settle(database, [job]);
  }
}
