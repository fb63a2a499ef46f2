import type { Input } from "../request/fields.ts";
import { checkKey, checkLength, checkModelName, parseVersion } from "../request/names.ts";
import { readPairs } from "../request/pairs.ts";
import { invalid } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { requireModel } from "../model/read.ts";
import { requireVersion, versionJson } from "./read.ts";
import { versionSearch } from "./search.ts";
import { resolveSource } from "./source.ts";
import { parseStage } from "./stage.ts";

const creation = { name: "text!", source: "text!", run_id: "text", tags: "objects", run_link: "text", description: "text", model_id: "text" } as const;
const one = { name: "text!", version: "text!" } as const;
const update = { name: "text!", version: "text!", description: "text" } as const;
const transition = { name: "text!", version: "text!", stage: "text!", archive_existing_versions: "boolean" } as const;
const tagged = { name: "text!", version: "text!", key: "text!", value: "text" } as const;

export const versionRoutes: readonly Route[] = [
  route({ method: "POST", path: "/model-versions/create", fields: creation, answer: createVersion }),
  route({ method: "GET", path: "/model-versions/get", fields: one, answer: (context, input) => answerOf(context, input) }),
  versionSearch,
  route({ method: "PATCH", path: "/model-versions/update", fields: update, answer: updateVersion }),
  route({ method: "DELETE", path: "/model-versions/delete", fields: one, answer: deleteVersion }),
  route({ method: "POST", path: "/model-versions/transition-stage", fields: transition, answer: transitionStage }),
  route({
    method: "GET",
    path: "/model-versions/get-download-uri",
    fields: one,
    answer: (context, input) => ({ artifact_uri: requireVersion(context, input.name, input.version)["storage_location"] }),
  }),
  route({ method: "POST", path: "/model-versions/set-tag", fields: tagged, answer: setVersionTag }),
  route({ method: "DELETE", path: "/model-versions/delete-tag", fields: tagged, answer: deleteVersionTag }),
];

function createVersion(context: Context, input: Input<typeof creation>): object {
  const { database, now } = context;
  const tags = readPairs(input.tags, "tags");
  return database.transaction(() => {
    const resolved = resolveSource(context, input);
    checkModelName(input.name);
    for (const tag of tags) checkVersionTag(tag.key, tag.value);
    requireModel(context, input.name);
    // Deleted versions count: a number is never given twice.
    const last = database.first("SELECT max(version) AS version FROM versions WHERE model = ?", input.name);
    const version = Number(last?.["version"] ?? 0) + 1;
    const at = now();
    database.run(
      "INSERT INTO versions (model, version, created, updated, description, source, storage_location, run, run_link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      input.name, version, at, at, input.description ?? "", resolved.source, resolved.storageLocation, resolved.runId, input.run_link ?? "",
    );
    database.run("UPDATE models SET updated = ? WHERE name = ?", at, input.name);
    for (const tag of tags) writeVersionTag(context, { name: input.name, version, ...tag });
    if (input.model_id !== undefined && input.model_id !== "") noteRegistration(context, input.model_id, { name: input.name, version });
    return { model_version: versionJson(context, requireVersion(context, input.name, version), true) };
  });
}

function updateVersion(context: Context, input: Input<typeof update>): object {
  return context.database.transaction(() => {
    const row = requireVersion(context, input.name, input.version);
    context.database.run("UPDATE versions SET description = ?, updated = ? WHERE model = ? AND version = ?", input.description ?? null, context.now(), input.name, row["version"] ?? null);
    return answerOf(context, input);
  });
}

function deleteVersion(context: Context, input: Input<typeof one>): object {
  const { database, now } = context;
  const version = parseVersion(input.version);
  return database.transaction(() => {
    requireVersion(context, input.name, version);
    const at = now();
    database.run("DELETE FROM aliases WHERE model = ? AND version = ?", input.name, version);
    database.run("DELETE FROM version_tags WHERE model = ? AND version = ?", input.name, version);
    database.run(
      "UPDATE versions SET deleted = 1, updated = ?, description = NULL, source = '', storage_location = '', run = '', run_link = '' WHERE model = ? AND version = ?",
      at, input.name, version,
    );
    database.run("UPDATE models SET updated = ? WHERE name = ?", at, input.name);
    return {};
  });
}

function transitionStage(context: Context, input: Input<typeof transition>): object {
  const { database, now } = context;
  const stage = parseStage(input.stage);
  const archive = input.archive_existing_versions === true;
  if (archive && stage !== "Staging" && stage !== "Production") {
    throw invalid(`Model version transition cannot archive existing model versions because '${input.stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`);
  }
  return database.transaction(() => {
    const row = requireVersion(context, input.name, input.version);
    const version = Number(row["version"]);
    const at = now();
    if (archive) {
      database.run(
        "UPDATE versions SET stage = 'Archived', updated = ? WHERE model = ? AND stage = ? AND version <> ? AND deleted = 0",
        at, input.name, stage, version,
      );
    }
    database.run("UPDATE versions SET stage = ?, updated = ? WHERE model = ? AND version = ?", stage, at, input.name, version);
    database.run("UPDATE models SET updated = ? WHERE name = ?", at, input.name);
    return answerOf(context, input);
  });
}

function setVersionTag(context: Context, input: Input<typeof tagged>): object {
  const value = input.value ?? "";
  checkModelName(input.name);
  const version = parseVersion(input.version);
  checkVersionTag(input.key, value);
  return context.database.transaction(() => {
    requireVersion(context, input.name, version);
    writeVersionTag(context, { name: input.name, version, key: input.key, value });
    return {};
  });
}

function deleteVersionTag(context: Context, input: Input<typeof tagged>): object {
  checkModelName(input.name);
  const version = parseVersion(input.version);
  checkKey(input.key, "key");
  return context.database.transaction(() => {
    requireVersion(context, input.name, version);
    context.database.run("DELETE FROM version_tags WHERE model = ? AND version = ? AND key = ?", input.name, version, input.key);
    return {};
  });
}

function answerOf(context: Context, input: Input<typeof one>): object {
  return { model_version: versionJson(context, requireVersion(context, input.name, input.version), true) };
}

function checkVersionTag(key: string, value: string): void {
  checkKey(key, "key");
  checkLength("key", 250, key);
  checkLength("value", 100_000, value);
}

function writeVersionTag({ database }: Context, tag: { readonly name: string; readonly version: number; readonly key: string; readonly value: string }): void {
  database.run(
    "INSERT INTO version_tags (model, version, key, value) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    tag.name, tag.version, tag.key, tag.value,
  );
}

/** A logged model lists the versions made of it in a tag; the spaces are those that MLflow's clients wrote before us. */
function noteRegistration({ database }: Context, modelId: string, version: { readonly name: string; readonly version: number }): void {
  const tag = "mlflow.modelVersions";
  const before = database.first("SELECT value FROM logged_model_tags WHERE model = ? AND key = ?", modelId, tag);
  const entry = `{"name": ${JSON.stringify(version.name)}, "version": ${version.version}}`;
  const list = String(before?.["value"] ?? "[]").replace(/\]$/, "");
  const value = `${list === "[" ? "[" : `${list}, `}${entry}]`;
  database.run("INSERT INTO logged_model_tags (model, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", modelId, tag, value);
}
