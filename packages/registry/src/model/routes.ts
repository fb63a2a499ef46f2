import type { Input } from "../request/fields.ts";
import { checkKey, checkLength, checkModelName } from "../request/names.ts";
import { readPairs } from "../request/pairs.ts";
import { taken } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { latestVersions } from "../version/read.ts";
import { modelJson, requireModel } from "./read.ts";
import { modelSearch } from "./search.ts";

const creation = { name: "text!", tags: "objects", description: "text" } as const;
const named = { name: "text!" } as const;
const update = { name: "text!", description: "text" } as const;
const rename = { name: "text!", new_name: "text!" } as const;
const tagged = { name: "text!", key: "text!", value: "text" } as const;
const stages = { name: "text!", stages: "texts" } as const;

export const modelRoutes: readonly Route[] = [
  route({ method: "POST", path: "/registered-models/create", fields: creation, answer: createModel }),
  route({ method: "GET", path: "/registered-models/get", fields: named, answer: (context, { name }) => ({ registered_model: modelJson(context, requireModel(context, name)) }) }),
  modelSearch,
  route({ method: "PATCH", path: "/registered-models/update", fields: update, answer: updateModel }),
  route({ method: "POST", path: "/registered-models/rename", fields: rename, answer: renameModel }),
  route({ method: "DELETE", path: "/registered-models/delete", fields: named, answer: deleteModel }),
  route({ method: "POST", path: "/registered-models/set-tag", fields: tagged, answer: setModelTag }),
  route({ method: "DELETE", path: "/registered-models/delete-tag", fields: tagged, answer: deleteModelTag }),
  route({ method: "GET", path: "/registered-models/get-latest-versions", fields: stages, answer: getLatest }),
  route({ method: "POST", path: "/registered-models/get-latest-versions", access: "read", fields: stages, answer: getLatest }),
];

function createModel(context: Context, input: Input<typeof creation>): object {
  const { database, now } = context;
  checkModelName(input.name);
  const tags = readPairs(input.tags, "tags");
  for (const tag of tags) checkModelTag(tag.key, tag.value);
  return database.transaction(() => {
    if (database.first("SELECT 1 FROM models WHERE name = ?", input.name) !== null) throw taken(`Registered Model (name=${input.name}) already exists.`);
    const at = now();
    database.run("INSERT INTO models (name, description, created, updated) VALUES (?, ?, ?, ?)", input.name, input.description || null, at, at);
    for (const tag of tags) writeModelTag(context, input.name, tag);
    return { registered_model: modelJson(context, requireModel(context, input.name)) };
  });
}

function updateModel(context: Context, input: Input<typeof update>): object {
  return context.database.transaction(() => {
    requireModel(context, input.name);
    context.database.run("UPDATE models SET description = ?, updated = ? WHERE name = ?", input.description ?? null, context.now(), input.name);
    return { registered_model: modelJson(context, requireModel(context, input.name)) };
  });
}

function renameModel(context: Context, input: Input<typeof rename>): object {
  const { database, now } = context;
  checkModelName(input.new_name);
  return database.transaction(() => {
    requireModel(context, input.name);
    if (input.new_name !== input.name && database.first("SELECT 1 FROM models WHERE name = ?", input.new_name) !== null) {
      throw taken(`Registered Model (name=${input.new_name}) already exists.`);
    }
    const at = now();
    database.run("UPDATE models SET name = ?, updated = ? WHERE name = ?", input.new_name, at, input.name);
    database.run("UPDATE versions SET updated = ? WHERE model = ?", at, input.new_name);
    return { registered_model: modelJson(context, requireModel(context, input.new_name)) };
  });
}

function deleteModel(context: Context, { name }: Input<typeof named>): object {
  return context.database.transaction(() => {
    requireModel(context, name);
    context.database.run("DELETE FROM models WHERE name = ?", name);
    return {};
  });
}

function setModelTag(context: Context, input: Input<typeof tagged>): object {
  const value = input.value ?? "";
  checkModelName(input.name);
  checkModelTag(input.key, value);
  return context.database.transaction(() => {
    requireModel(context, input.name);
    writeModelTag(context, input.name, { key: input.key, value });
    return {};
  });
}

function deleteModelTag(context: Context, input: Input<typeof tagged>): object {
  checkModelName(input.name);
  checkKey(input.key, "key");
  return context.database.transaction(() => {
    requireModel(context, input.name);
    context.database.run("DELETE FROM model_tags WHERE model = ? AND key = ?", input.name, input.key);
    return {};
  });
}

function getLatest(context: Context, input: Input<typeof stages>): object {
  requireModel(context, input.name);
  const found = latestVersions(context, input.name, true, input.stages);
  return { model_versions: found.length === 0 ? undefined : found };
}

function checkModelTag(key: string, value: string): void {
  checkKey(key, "key");
  checkLength("key", 250, key);
  checkLength("value", 100_000, value);
}

function writeModelTag({ database }: Context, name: string, tag: { readonly key: string; readonly value: string }): void {
  database.run("INSERT INTO model_tags (model, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", name, tag.key, tag.value);
}
