import { Failure } from "@gauntlet/core";
import type { DatabaseSync } from "node:sqlite";

/** Changes that were asked for in one turn of the event loop share one commit, which costs more than any of them. */
export interface WritesTogether {
  /** Resolves with what `work` gives when it is committed; rejects with what it throws, and then nothing of it is there. */
  write<T>(work: () => T): Promise<T>;
  /** Does now what waits. */
  flush(): void;
}

interface Waiting {
  /** Does the change. @returns what tells whoever asked, once it is committed */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

export function writesTogether(database: DatabaseSync): WritesTogether {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  let waiting: Waiting[] = [];

  const transaction = (batch: readonly Waiting[]): void => {
    begin.run();
    try {
      const answers = batch.map(({ run }) => run());
      commit.run();
      for (const answer of answers) answer();
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      transaction(batch);
    } catch (error) {
      const away = asUnavailable(error);
      if (away !== null) for (const { reject } of batch) reject(away);
      if (away !== null) return;
      // One of them failed: each for itself, so that the others don't.
      for (const one of batch) {
        try {
          transaction([one]);
        } catch (own) {
          one.reject(asUnavailable(own) ?? own);
        }
      }
    }
  };
  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ run: () => { const result = work(); return () => resolve(result); }, reject });
      }),
    flush,
  };
}

/** Busy, locked, an input or output error, full: what may pass. */
const PASSING: readonly number[] = [5, 6, 10, 13];

function asUnavailable(error: unknown): Failure | null {
  const { errcode, message } = error as { readonly errcode?: number; readonly message: string };
  if (errcode === undefined || !PASSING.includes(errcode & 0xff)) return null;
  return new Failure("store_unavailable", `the file of games can't be written: ${message}`, { fix: "see that no other process writes it, and that its disk has room; then try again", cause: error });
}
