import type { Row } from "../database/database.ts";
import { unlessEmpty } from "../request/json.ts";
import { checkModelName, parseVersion } from "../request/names.ts";
import { absent } from "../request/problem.ts";
import type { Context } from "../request/route.ts";
import { parseStage } from "./stage.ts";

/** The row of a version that must exist and not be deleted. */
export function requireVersion({ database }: Context, model: string, version: string | number): Row {
  checkModelName(model);
  const number = typeof version === "number" ? version : parseVersion(version);
  const row = database.first("SELECT * FROM versions WHERE model = ? AND version = ? AND deleted = 0", model, number);
  if (row === null) throw absent(`Model Version (name=${model}, version=${version}) not found`);
  return row;
}

/**
 * MLflow's ModelVersion. Searches and lists leave the aliases out, as MLflow's own do: a client that wants them asks for
 * the version or the model.
 */
export function versionJson({ database }: Context, row: Row, withAliases: boolean): object {
  const model = String(row["model"]);
  const version = Number(row["version"]);
  const tags = database.all("SELECT key, value FROM version_tags WHERE model = ? AND version = ? ORDER BY rowid", model, version);
  const aliases = withAliases ? database.all("SELECT alias FROM aliases WHERE model = ? AND version = ? ORDER BY alias", model, version) : [];
  return {
    name: model,
    version: String(version),
    creation_timestamp: row["created"],
    last_updated_timestamp: row["updated"],
    current_stage: row["stage"],
    description: row["description"] ?? undefined,
    source: row["source"],
    run_id: row["run"],
    status: "READY",
    tags: unlessEmpty(tags),
    run_link: row["run_link"],
    aliases: unlessEmpty(aliases.map((one) => one["alias"])),
  };
}

/** The newest version of each stage, or of the stages given. */
// oxlint-disable-next-line max-params
export function latestVersions(context: Context, model: string, withAliases: boolean, stages: readonly string[] = []): readonly object[] {
  const wanted = new Set(stages.map(parseStage));
  const rows = context.database.all(
    "SELECT * FROM versions AS v WHERE model = ? AND deleted = 0 AND version = (SELECT max(version) FROM versions WHERE model = v.model AND stage = v.stage AND deleted = 0) ORDER BY version",
    model,
  );
  return rows.filter((row) => wanted.size === 0 || wanted.has(parseStage(String(row["stage"])))).map((row) => versionJson(context, row, withAliases));
}
