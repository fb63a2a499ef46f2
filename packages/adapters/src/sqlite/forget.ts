import { setImmediate as otherWork } from "node:timers/promises";
import type { Database } from "./database.ts";

/** As many as one transaction takes; more would hold up other requests of the process. */
const PREDICTIONS_PER_COMMIT = 1000;

/** Forgets raw records in small transactions, each of which leaves no label without the outcome it had. */
export async function forgetRecords(database: Database, model: string, before: number): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const { predictions, labels } = database.transaction(() => forgetSome(database, model, before));
    forgotten += predictions + labels;
    if (predictions < PREDICTIONS_PER_COMMIT) break;
    await otherWork();
  }
  return forgotten + database.transaction(() => forgetOrphans(database, model, before));
}

function forgetSome(database: Database, model: string, before: number): { readonly predictions: number; readonly labels: number } {
  const old = database.all<{ readonly id: number; readonly hash: number; readonly requestId: string }>(
    "SELECT rowid AS id, request_hash AS hash, request_id AS requestId FROM predictions WHERE model = ? AND at < ? LIMIT ?",
    model,
    before,
    PREDICTIONS_PER_COMMIT,
  );
  let labels = 0;
  for (const { id, hash, requestId } of old) {
    // The unary + keeps SQLite from looking up by age what it should look up by request.
    labels += database.run(
      `DELETE FROM labels WHERE request_hash = ?1 AND +model = ?2 AND request_id = ?3
         AND NOT EXISTS (SELECT 1 FROM predictions p WHERE p.request_hash = ?1 AND +p.model = ?2 AND p.request_id = ?3 AND p.at >= ?4)`,
      hash,
      model,
      requestId,
      before,
    );
    database.run("DELETE FROM predictions WHERE rowid = ?", id);
  }
  return { predictions: old.length, labels };
}

/** Labels that never met an outcome. */
function forgetOrphans(database: Database, model: string, before: number): number {
  return database.run(
    `DELETE FROM labels WHERE model = ?1 AND labelled_at < ?2
       AND NOT EXISTS (SELECT 1 FROM predictions p WHERE p.request_hash = labels.request_hash AND +p.model = ?1 AND p.request_id = labels.request_id)`,
    model,
    before,
  );
}
