import { Worker } from "node:worker_threads";

import type { SqlReads, SqlValue } from "../sql/sql-reads.ts";

/** Reads of a file in a thread of its own, so that what counts many games holds up no move. It sees what was committed. */
export interface ReadsAside extends SqlReads {
  close(): Promise<void>;
}

/** One question to the thread. */
export interface AskedAside {
  readonly id: number;
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export interface AnsweredAside {
  readonly id: number;
  /** Null where it failed. */
  readonly rows: readonly unknown[] | null;
  readonly error: unknown;
}

interface Waiting {
  readonly resolve: (rows: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread begins with the first question, and keeps no process alive but while it is asked. */
export function readAside(file: string): ReadsAside {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | null = null;
  let asked = 0;

  const begin = (): Worker => {
    // Some options of the process are not fit for a thread.
    const begun = new Worker(new URL("./read-aside-worker.ts", import.meta.url), { workerData: { file }, execArgv: [] });
    begun.on("message", ({ id, rows, error }: AnsweredAside) => {
      const who = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) begun.unref();
      if (rows === null) who?.reject(error);
      else who?.resolve(rows);
    });
    const ended = (error: unknown): void => {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      if (thread === begun) thread = null;
    };
    begun.on("error", ended);
    begun.on("exit", () => ended(new Error("the thread that reads has ended")));
    return begun;
  };
  return {
    like: "LIKE",
    all: <Row>(sql: string, ...values: readonly SqlValue[]) =>
      new Promise<readonly Row[]>((resolve, reject) => {
        thread ??= begin();
        thread.ref();
        const question: AskedAside = { id: ++asked, sql, values };
        waiting.set(question.id, { resolve: resolve as Waiting["resolve"], reject });
        thread.postMessage(question);
      }),
    close: async () => {
      await thread?.terminate();
    },
  };
}
