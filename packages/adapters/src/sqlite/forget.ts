import { setImmediate as otherWork } from "node:timers/promises";
import type { Database } from "./database.ts";

/** As many as one transaction takes; more would hold up other requests of the process. */
const ROWS_PER_COMMIT = 1000;

/** Forgets raw records in small transactions, each of which leaves no label or follow-up without the outcome it had; then units and batch ids. */
export async function forgetRecords(database: Database, model: string, before: number): Promise<number> {
  let forgotten = 0;
  for (const step of [forgetSome, forgetOrphans, forgetUnmetFollowUps, forgetUnits, forgetBatches]) {
    for (;;) {
      const { found, gone } = database.transaction(() => step(database, model, before));
      forgotten += gone;
      if (found < ROWS_PER_COMMIT) break;
      await otherWork();
    }
  }
  return forgotten;
}

interface Forgotten {
  /** Old rows that were looked for, at most `ROWS_PER_COMMIT`. */
  readonly found: number;
  /** All rows that went. */
  readonly gone: number;
}

function forgetSome(database: Database, model: string, before: number): Forgotten {
  const old = database.all<{ readonly id: number; readonly hash: number; readonly requestId: string }>(
    "SELECT id, request_hash AS hash, request_id AS requestId FROM predictions WHERE model = ? AND at / 60000 <= ? AND at < ? LIMIT ?",
    model,
    Math.ceil(before / 60_000),
    before,
    ROWS_PER_COMMIT,
  );
  let joined = 0;
  for (const { id, hash, requestId } of old) {
    for (const sql of [FORGET_LABELS, FORGET_FOLLOW_UPS]) joined += database.run(sql, hash, model, requestId, before);
    database.run("DELETE FROM new_requests WHERE request_hash = ? AND id = ?", hash, id);
    database.run("DELETE FROM old_requests WHERE request_hash = ? AND id = ?", hash, id);
    database.run("DELETE FROM predictions WHERE id = ?", id);
  }
  return { found: old.length, gone: old.length + joined };
}

// The unary + keeps SQLite from looking up by age what it should look up by request.
const OF_THE_REQUEST = `request_hash = ?1 AND +model = ?2 AND request_id = ?3
  AND NOT EXISTS (SELECT 1 FROM requests r CROSS JOIN predictions p ON p.id = r.id WHERE r.request_hash = ?1 AND +p.model = ?2 AND p.request_id = ?3 AND p.at >= ?4)`;
const FORGET_LABELS = `DELETE FROM labels WHERE ${OF_THE_REQUEST}`;
const FORGET_FOLLOW_UPS = `DELETE FROM follow_ups WHERE ${OF_THE_REQUEST}`;

/** Labels that never met an outcome. */
function forgetOrphans(database: Database, model: string, before: number): Forgotten {
  const gone = database.run(
    `DELETE FROM labels WHERE rowid IN (
       SELECT l.rowid FROM labels l WHERE l.model = ?1 AND l.labelled_at < ?2
         AND NOT EXISTS (SELECT 1 FROM requests r CROSS JOIN predictions p ON p.id = r.id WHERE r.request_hash = l.request_hash AND +p.model = ?1 AND p.request_id = l.request_id)
       LIMIT ?3)`,
    model,
    before,
    ROWS_PER_COMMIT,
  );
  return { found: gone, gone };
}

/** Follow-ups that never met an outcome. */
function forgetUnmetFollowUps(database: Database, model: string, before: number): Forgotten {
  const gone = database.run(
    `DELETE FROM follow_ups WHERE rowid IN (
       SELECT f.rowid FROM follow_ups f WHERE f.model = ?1 AND f.at / 60000 <= ?4 AND f.at < ?2
         AND NOT EXISTS (SELECT 1 FROM requests r CROSS JOIN predictions p ON p.id = r.id WHERE r.request_hash = f.request_hash AND +p.model = ?1 AND p.request_id = f.request_id)
       LIMIT ?3)`,
    model,
    before,
    ROWS_PER_COMMIT,
    Math.ceil(before / 60_000),
  );
  return { found: gone, gone };
}

function forgetUnits(database: Database, model: string, before: number): Forgotten {
  const gone = database.run(
    `DELETE FROM unit_totals WHERE (model, epoch, unit, version, slot, mode, bucket_start) IN (
       SELECT model, epoch, unit, version, slot, mode, bucket_start FROM unit_totals WHERE model = ?1 AND bucket_end <= ?2 LIMIT ?3)`,
    model,
    before,
    ROWS_PER_COMMIT,
  );
  return { found: gone, gone };
}

function forgetBatches(database: Database, model: string, before: number): Forgotten {
  const gone = database.run(
    "DELETE FROM batches WHERE model = ?1 AND batch_id IN (SELECT batch_id FROM batches WHERE model = ?1 AND folded_at < ?2 LIMIT ?3)",
    model,
    before,
    ROWS_PER_COMMIT,
  );
  return { found: gone, gone };
}
