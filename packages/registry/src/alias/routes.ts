import { requireModel } from "../model/read.ts";
import type { Input } from "../request/fields.ts";
import { checkAlias, checkAliasIsFree, checkModelName, parseVersion } from "../request/names.ts";
import { absent, invalid } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { requireVersion, versionJson } from "../version/read.ts";

const named = { name: "text!", alias: "text!" } as const;
const pointed = { name: "text!", alias: "text!", version: "text!" } as const;

export const aliasRoutes: readonly Route[] = [
  route({ method: "POST", path: "/registered-models/alias", fields: pointed, answer: setAlias }),
  route({ method: "GET", path: "/registered-models/alias", fields: named, answer: getByAlias }),
  route({ method: "DELETE", path: "/registered-models/alias", fields: named, answer: deleteAlias }),
];

function setAlias(context: Context, input: Input<typeof pointed>): object {
  checkModelName(input.name);
  checkAlias(input.alias);
  checkAliasIsFree(input.alias);
  const version = parseVersion(input.version);
  return context.database.transaction(() => {
    requireVersion(context, input.name, version);
    context.database.run(
      "INSERT INTO aliases (model, alias, version) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version",
      input.name, input.alias, version,
    );
    return {};
  });
}

/** An alias that isn't there is an invalid parameter (400), not a missing resource: clients rely on it. */
function getByAlias(context: Context, input: Input<typeof named>): object {
  checkModelName(input.name);
  checkAlias(input.alias);
  requireModel(context, input.name);
  const latest = input.alias.toLowerCase() === "latest";
  const row = latest
    ? context.database.first("SELECT max(version) AS version FROM versions WHERE model = ? AND deleted = 0", input.name)
    : context.database.first("SELECT version FROM aliases WHERE model = ? AND alias = ?", input.name, input.alias);
  if (latest && row?.["version"] === null) throw absent(`Latest version not found for model ${input.name}.`);
  if (row === null) throw invalid(`Registered model alias ${input.alias} not found.`);
  return { model_version: versionJson(context, requireVersion(context, input.name, Number(row["version"])), true) };
}

/** Removing an alias that isn't there succeeds. */
function deleteAlias(context: Context, input: Input<typeof named>): object {
  checkModelName(input.name);
  checkAlias(input.alias);
  return context.database.transaction(() => {
    requireModel(context, input.name);
    context.database.run("DELETE FROM aliases WHERE model = ? AND alias = ?", input.name, input.alias);
    return {};
  });
}
