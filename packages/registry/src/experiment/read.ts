import type { Row } from "../database/database.ts";
import { unlessEmpty } from "../request/json.ts";
import { parseExperimentId } from "../request/names.ts";
import { absent, invalid } from "../request/problem.ts";
import type { Context } from "../request/route.ts";

/** The row of an experiment that must exist; "" is the default one. */
export function requireExperiment({ database }: Context, id: string): Row {
  const row = database.first("SELECT * FROM experiments WHERE id = ?", parseExperimentId(id === "" ? "0" : id));
  if (row === null) throw absent(`No Experiment with id=${id} exists`);
  return row;
}

export function requireActive(row: Row): void {
  if (row["lifecycle_stage"] === "active") return;
  throw invalid(`The experiment ${row["id"]} must be in the 'active' state. Current state is ${row["lifecycle_stage"]}.`);
}

/** MLflow's Experiment. */
export function experimentJson({ database }: Context, row: Row): object {
  const tags = database.all("SELECT key, value FROM experiment_tags WHERE experiment = ? ORDER BY rowid", row["id"] ?? null);
  return {
    experiment_id: String(row["id"]),
    name: row["name"],
    artifact_location: row["artifact_location"],
    lifecycle_stage: row["lifecycle_stage"],
    last_update_time: row["updated"],
    creation_time: row["created"],
    tags: unlessEmpty(tags),
    workspace: "default",
  };
}
