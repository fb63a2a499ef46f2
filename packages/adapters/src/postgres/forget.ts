import { modelLock } from "./commit-folds.ts";
import type { Database, Queries } from "./database.ts";

/** As many as one transaction takes; more would hold up the folds of the model. */
const PREDICTIONS_PER_COMMIT = 2000;

/** Forgets raw records in small transactions, each of which leaves no label without the outcome it had. */
export async function forgetRecords(database: Database, model: string, before: number): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const { predictions, labels } = await database.transaction(modelLock(model), (queries) => forgetSome(queries, model, before));
    forgotten += predictions + labels;
    if (predictions < PREDICTIONS_PER_COMMIT) break;
  }
  return forgotten + (await database.transaction(modelLock(model), (queries) => forgetOrphans(queries, model, before)));
}

async function forgetSome(queries: Queries, model: string, before: number): Promise<{ readonly predictions: number; readonly labels: number }> {
  const [counts] = await queries.all<{ readonly predictions: number; readonly labels: number }>(
    `WITH old AS MATERIALIZED (SELECT ctid AS place, request_hash, request_id FROM @.predictions WHERE model = $1 AND at < $2 LIMIT $3),
     gone AS (DELETE FROM @.predictions p USING old WHERE p.ctid = old.place RETURNING 1),
     unmet AS (
       DELETE FROM @.labels l USING old
       WHERE l.request_hash = old.request_hash AND l.model = $1 AND l.request_id = old.request_id
         AND NOT EXISTS (SELECT 1 FROM @.predictions p WHERE p.request_hash = l.request_hash AND p.model = $1 AND p.request_id = l.request_id AND p.at >= $2)
       RETURNING 1
     )
     SELECT (SELECT count(*) FROM gone) AS predictions, (SELECT count(*) FROM unmet) AS labels`,
    model,
    before,
    PREDICTIONS_PER_COMMIT,
  );
  return counts ?? { predictions: 0, labels: 0 };
}

/** Labels that never met an outcome. */
function forgetOrphans(queries: Queries, model: string, before: number): Promise<number> {
  return queries.run(
    `DELETE FROM @.labels l WHERE model = $1 AND labelled_at < $2
       AND NOT EXISTS (SELECT 1 FROM @.predictions p WHERE p.request_hash = l.request_hash AND p.model = $1 AND p.request_id = l.request_id)`,
    model,
    before,
  );
}
