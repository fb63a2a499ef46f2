import type { Database } from "./database.ts";

/** Finds raw predictions by the hash of their request, in two parts: see migration 005. All within a transaction of the caller's. */
export interface RequestIndex {
  /** The id of the newest raw prediction, before more are written. */
  newest(): number;
  /** Adds the predictions that were written since `newest` said so. */
  addAfter(newest: number): void;
}

/** Entries of the part of new ones, a hundred pages: a commit of many folds writes them all. */
const NEW_MAX = 30_000;

/** Hashes are signed, 32 bits. */
const LOWEST = -(2 ** 31);
const BEYOND = 2 ** 31;

export function requestIndex(database: Database): RequestIndex {
  // Ranges are moved in the order of hashes, round and round. Where a process begins is of no consequence.
  let from = LOWEST;
  return {
    newest: () => database.get<{ readonly id: number | null }>("SELECT max(id) AS id FROM predictions")?.id ?? 0,
    addAfter(newest) {
      const added = database.run("INSERT INTO new_requests SELECT request_hash, id FROM predictions WHERE id > ? ORDER BY request_hash", newest);
      const surplus = (database.get<{ readonly n: number }>("SELECT count(*) AS n FROM new_requests")?.n ?? 0) - NEW_MAX;
      if (surplus > 0) from = moveRange(database, from, Math.min(surplus, 2 * added));
    },
  };
}

/** Moves about `count` entries from hash `from` on, and returns where to go on. */
function moveRange(database: Database, from: number, count: number): number {
  const next = database.get<{ readonly hash: number }>("SELECT request_hash AS hash FROM new_requests WHERE request_hash > ? ORDER BY request_hash LIMIT 1 OFFSET ?", from, count)?.hash ?? BEYOND;
  database.run("INSERT INTO old_requests SELECT request_hash, id FROM new_requests WHERE request_hash >= ? AND request_hash < ? ORDER BY request_hash, id", from, next);
  database.run("DELETE FROM new_requests WHERE request_hash >= ? AND request_hash < ?", from, next);
  return next === BEYOND ? LOWEST : next;
}
