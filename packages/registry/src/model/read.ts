import type { Row } from "../database/database.ts";
import { unlessEmpty } from "../request/json.ts";
import { checkModelName } from "../request/names.ts";
import { absent } from "../request/problem.ts";
import type { Context } from "../request/route.ts";
import { latestVersions } from "../version/read.ts";

/** The row of a model that must exist. */
export function requireModel({ database }: Context, name: string): Row {
  checkModelName(name);
  const row = database.first("SELECT * FROM models WHERE name = ?", name);
  if (row === null) throw absent(`Registered Model with name=${name} not found`);
  return row;
}

/** MLflow's RegisteredModel. */
export function modelJson(context: Context, row: Row): object {
  const { database } = context;
  const name = String(row["name"]);
  const tags = database.all("SELECT key, value FROM model_tags WHERE model = ? ORDER BY rowid", name);
  const aliases = database.all("SELECT alias, CAST(version AS TEXT) AS version FROM aliases WHERE model = ? ORDER BY alias", name);
  return {
    name,
    creation_timestamp: row["created"],
    last_updated_timestamp: row["updated"],
    description: row["description"] ?? undefined,
    latest_versions: unlessEmpty(latestVersions(context, name, false)),
    tags: unlessEmpty(tags),
    aliases: unlessEmpty(aliases),
  };
}
