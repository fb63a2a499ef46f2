import type { Row } from "../database/database.ts";
import { metricValue, unlessEmpty } from "../request/json.ts";
import { absent, invalid } from "../request/problem.ts";
import type { Context } from "../request/route.ts";

/** The row of a run that must exist. */
export function requireRun({ database }: Context, id: string): Row {
  const row = database.first("SELECT * FROM runs WHERE id = ?", id);
  if (row === null) throw absent(`Run with id=${id} not found`);
  return row;
}

/** A run that can be written to. */
export function requireActiveRun(context: Context, id: string): Row {
  const row = requireRun(context, id);
  if (row["lifecycle_stage"] === "active") return row;
  throw invalid(`The run ${id} must be in the 'active' state. Current state is ${row["lifecycle_stage"]}.`);
}

/** MLflow's Run. */
export function runJson(context: Context, row: Row): object {
  const { database } = context;
  const id = String(row["id"]);
  const metrics = database.all("SELECT * FROM latest_metrics WHERE run = ? ORDER BY rowid", id);
  const params = database.all("SELECT key, value FROM run_params WHERE run = ? ORDER BY rowid", id);
  const tags = database.all("SELECT key, value FROM run_tags WHERE run = ? ORDER BY rowid", id);
  const datasets = database.all("SELECT document FROM run_datasets WHERE run = ? ORDER BY rowid", id);
  const models = (direction: "in" | "out"): readonly Row[] => database.all("SELECT model, step FROM run_models WHERE run = ? AND direction = ? ORDER BY rowid", id, direction);
  return {
    info: runInfoJson(row),
    data: { metrics: unlessEmpty(metrics.map(metricJson)), params: unlessEmpty(params), tags: unlessEmpty(tags) },
    inputs: {
      dataset_inputs: unlessEmpty(datasets.map((one) => JSON.parse(String(one["document"])) as unknown)),
      model_inputs: unlessEmpty(models("in").map((one) => ({ model_id: one["model"] }))),
    },
    outputs: { model_outputs: unlessEmpty(models("out").map((one) => ({ model_id: one["model"], step: one["step"] }))) },
  };
}

export function runInfoJson(row: Row): object {
  return {
    run_uuid: row["id"],
    run_id: row["id"],
    run_name: row["name"],
    experiment_id: String(row["experiment"]),
    user_id: row["user_id"],
    status: row["status"],
    start_time: row["start_time"],
    end_time: row["end_time"] ?? undefined,
    artifact_uri: row["artifact_uri"],
    lifecycle_stage: row["lifecycle_stage"],
  };
}

export function metricJson(row: Row): object {
  return { key: row["key"], value: metricValue(Number(row["value"]), row["is_nan"] === 1), timestamp: row["timestamp"], step: row["step"] };
}
