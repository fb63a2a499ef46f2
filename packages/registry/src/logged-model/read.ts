import type { Row } from "../database/database.ts";
import { unlessEmpty } from "../request/json.ts";
import { absent } from "../request/problem.ts";
import type { Context } from "../request/route.ts";
import { metricJson } from "../run/read.ts";

/** The row of a logged model that must exist and not be deleted. */
export function requireLoggedModel({ database }: Context, id: string): Row {
  const row = database.first("SELECT * FROM logged_models WHERE id = ? AND lifecycle_stage = 'active'", id);
  if (row === null) throw absent(`Logged model with ID '${id}' not found.`);
  return row;
}

/** MLflow's LoggedModel. */
export function loggedModelJson({ database }: Context, row: Row): object {
  const id = String(row["id"]);
  const tags = database.all("SELECT key, value FROM logged_model_tags WHERE model = ? ORDER BY key", id);
  const params = database.all("SELECT key, value FROM logged_model_params WHERE model = ? ORDER BY rowid", id);
  const metrics = database.all("SELECT * FROM logged_model_metrics WHERE model = ? ORDER BY rowid", id);
  return {
    info: {
      model_id: id,
      experiment_id: String(row["experiment"]),
      name: row["name"],
      creation_timestamp_ms: row["created"],
      last_updated_timestamp_ms: row["updated"],
      artifact_uri: row["artifact_uri"],
      status: row["status"],
      model_type: row["model_type"],
      source_run_id: row["source_run"],
      tags: unlessEmpty(tags),
    },
    data: {
      params: unlessEmpty(params),
      metrics: unlessEmpty(
        metrics.map((metric) => ({
          ...metricJson(metric),
          dataset_name: metric["dataset_name"] ?? undefined,
          dataset_digest: metric["dataset_digest"] ?? undefined,
          model_id: id,
          run_id: metric["run"],
        })),
      ),
    },
  };
}
