import { modelLock } from "./commit-folds.ts";
import type { Database, Queries } from "./database.ts";

/** As many as one transaction takes; more would hold up the folds of the model. */
const ROWS_PER_COMMIT = 2000;

/** Forgets raw records in small transactions, each of which leaves no label or follow-up without the outcome it had; then units and batch ids. */
export async function forgetRecords(database: Database, model: string, before: number): Promise<number> {
  let forgotten = 0;
  for (const step of [forgetSome, forgetOrphans, forgetUnmetFollowUps, forgetUnits, forgetBatches]) {
    for (;;) {
      const { found, gone } = await database.transaction(modelLock(model), (queries) => step(queries, model, before));
      forgotten += gone;
      if (found < ROWS_PER_COMMIT) break;
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

async function forgetSome(queries: Queries, model: string, before: number): Promise<Forgotten> {
  const [counts] = await queries.all<{ readonly predictions: number; readonly joined: number }>(
    `WITH old AS MATERIALIZED (SELECT ctid AS place, request_hash, request_id FROM @.predictions WHERE model = $1 AND at < $2 LIMIT $3),
     gone AS (DELETE FROM @.predictions p USING old WHERE p.ctid = old.place RETURNING 1),
     unmet AS (
       DELETE FROM @.labels l USING old
       WHERE l.request_hash = old.request_hash AND l.model = $1 AND l.request_id = old.request_id
         AND NOT EXISTS (SELECT 1 FROM @.predictions p WHERE p.request_hash = l.request_hash AND p.model = $1 AND p.request_id = l.request_id AND p.at >= $2)
       RETURNING 1
     ),
     unfollowed AS (
       DELETE FROM @.follow_ups f USING old
       WHERE f.request_hash = old.request_hash AND f.model = $1 AND f.request_id = old.request_id
         AND NOT EXISTS (SELECT 1 FROM @.predictions p WHERE p.request_hash = f.request_hash AND p.model = $1 AND p.request_id = f.request_id AND p.at >= $2)
       RETURNING 1
     )
     SELECT (SELECT count(*) FROM gone) AS predictions, (SELECT count(*) FROM unmet) + (SELECT count(*) FROM unfollowed) AS joined`,
    model,
    before,
    ROWS_PER_COMMIT,
  );
  return { found: counts?.predictions ?? 0, gone: (counts?.predictions ?? 0) + (counts?.joined ?? 0) };
}

/** Labels that never met an outcome. */
function forgetOrphans(queries: Queries, model: string, before: number): Promise<Forgotten> {
  return forgetAll(
    queries,
    `DELETE FROM @.labels WHERE ctid = ANY (ARRAY(
       SELECT l.ctid FROM @.labels l WHERE l.model = $1 AND l.labelled_at < $2
         AND NOT EXISTS (SELECT 1 FROM @.predictions p WHERE p.request_hash = l.request_hash AND p.model = $1 AND p.request_id = l.request_id)
       LIMIT $3))`,
    [model, before],
  );
}

/** Follow-ups that never met an outcome. */
function forgetUnmetFollowUps(queries: Queries, model: string, before: number): Promise<Forgotten> {
  return forgetAll(
    queries,
    `DELETE FROM @.follow_ups WHERE ctid = ANY (ARRAY(
       SELECT f.ctid FROM @.follow_ups f WHERE f.model = $1 AND f.at < $2
         AND NOT EXISTS (SELECT 1 FROM @.predictions p WHERE p.request_hash = f.request_hash AND p.model = $1 AND p.request_id = f.request_id)
       LIMIT $3))`,
    [model, before],
  );
}

function forgetUnits(queries: Queries, model: string, before: number): Promise<Forgotten> {
  return forgetAll(queries, "DELETE FROM @.unit_totals WHERE ctid = ANY (ARRAY(SELECT ctid FROM @.unit_totals WHERE model = $1 AND bucket_end <= $2 LIMIT $3))", [model, before]);
}

function forgetBatches(queries: Queries, model: string, before: number): Promise<Forgotten> {
  return forgetAll(queries, "DELETE FROM @.batches WHERE ctid = ANY (ARRAY(SELECT ctid FROM @.batches WHERE model = $1 AND folded_at < $2 LIMIT $3))", [model, before]);
}

async function forgetAll(queries: Queries, sql: string, values: readonly unknown[]): Promise<Forgotten> {
  const gone = await queries.run(sql, ...values, ROWS_PER_COMMIT);
  return { found: gone, gone };
}
