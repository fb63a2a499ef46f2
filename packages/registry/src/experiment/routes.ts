import type { Input } from "../request/fields.ts";
import { checkKey, checkLength } from "../request/names.ts";
import { readPairs } from "../request/pairs.ts";
import { absent, invalid, taken } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { experimentJson, requireActive, requireExperiment } from "./read.ts";
import { experimentSearches } from "./search.ts";

const creation = { name: "text!", artifact_location: "text", tags: "objects" } as const;
const one = { experiment_id: "text!" } as const;
const named = { experiment_name: "text!" } as const;
const update = { experiment_id: "text!", new_name: "text!" } as const;
const tagged = { experiment_id: "text!", key: "text!", value: "text" } as const;

export const experimentRoutes: readonly Route[] = [
  route({ method: "POST", path: "/experiments/create", fields: creation, answer: createExperiment }),
  route({ method: "GET", path: "/experiments/get", fields: one, answer: (context, input) => ({ experiment: experimentJson(context, requireExperiment(context, input.experiment_id)) }) }),
  route({ method: "GET", path: "/experiments/get-by-name", fields: named, answer: getByName }),
  ...experimentSearches,
  route({ method: "POST", path: "/experiments/update", fields: update, answer: renameExperiment }),
  route({ method: "POST", path: "/experiments/delete", fields: one, answer: (context, input) => moveLifecycle(context, input.experiment_id, "deleted") }),
  route({ method: "POST", path: "/experiments/restore", fields: one, answer: (context, input) => moveLifecycle(context, input.experiment_id, "active") }),
  route({ method: "POST", path: "/experiments/set-experiment-tag", fields: tagged, answer: setExperimentTag }),
  route({ method: "POST", path: "/experiments/delete-experiment-tag", fields: tagged, answer: deleteExperimentTag }),
];

/** The experiment that every server has. */
export function createDefaultExperiment({ database, now }: Context): void {
  const at = now();
  database.run(
    "INSERT INTO experiments (id, name, artifact_location, created, updated) VALUES (0, 'Default', 'mlflow-artifacts:/0', ?, ?) ON CONFLICT DO NOTHING",
    at, at,
  );
}

function createExperiment(context: Context, input: Input<typeof creation>): object {
  const { database, now } = context;
  checkLength("name", 500, input.name);
  const tags = readPairs(input.tags, "tags");
  for (const tag of tags) checkExperimentTag(tag.key, tag.value);
  if (input.artifact_location !== undefined && input.artifact_location !== "") {
    throw invalid("This registry keeps artifacts in its own directory: 'artifact_location' can't be chosen.");
  }
  return database.transaction(() => {
    if (database.first("SELECT 1 FROM experiments WHERE name = ?", input.name) !== null) throw taken(`Experiment(name=${input.name}) already exists.`);
    const at = now();
    database.run("INSERT INTO experiments (name, artifact_location, created, updated) VALUES (?, '', ?, ?)", input.name, at, at);
    const id = Number(database.first("SELECT id FROM experiments WHERE name = ?", input.name)?.["id"]);
    database.run("UPDATE experiments SET artifact_location = ? WHERE id = ?", `mlflow-artifacts:/${id}`, id);
    for (const tag of tags) writeTag(context, id, tag);
    return { experiment_id: String(id) };
  });
}

function getByName(context: Context, input: Input<typeof named>): object {
  const row = context.database.first("SELECT * FROM experiments WHERE name = ?", input.experiment_name);
  if (row === null) throw absent(`Could not find experiment with name '${input.experiment_name}'`);
  return { experiment: experimentJson(context, row) };
}

function renameExperiment(context: Context, input: Input<typeof update>): object {
  const { database, now } = context;
  checkLength("name", 500, input.new_name);
  return database.transaction(() => {
    const row = requireExperiment(context, input.experiment_id);
    requireActive(row);
    const other = database.first("SELECT id FROM experiments WHERE name = ?", input.new_name);
    if (other !== null && other["id"] !== row["id"]) throw taken(`Experiment(name=${input.new_name}) already exists.`);
    database.run("UPDATE experiments SET name = ?, updated = ? WHERE id = ?", input.new_name, now(), row["id"] ?? null);
    return {};
  });
}

/** Deleting an experiment takes its runs along; restoring it brings them back. */
function moveLifecycle(context: Context, experimentId: string, stage: "active" | "deleted"): object {
  const { database, now } = context;
  return database.transaction(() => {
    const id = requireExperiment(context, experimentId)["id"] ?? null;
    database.run("UPDATE experiments SET lifecycle_stage = ?, updated = ? WHERE id = ?", stage, now(), id);
    database.run("UPDATE runs SET lifecycle_stage = ? WHERE experiment = ?", stage, id);
    return {};
  });
}

function setExperimentTag(context: Context, input: Input<typeof tagged>): object {
  const value = input.value ?? "";
  checkExperimentTag(input.key, value);
  return context.database.transaction(() => {
    const row = requireExperiment(context, input.experiment_id);
    requireActive(row);
    writeTag(context, Number(row["id"]), { key: input.key, value });
    context.database.run("UPDATE experiments SET updated = ? WHERE id = ?", context.now(), row["id"] ?? null);
    return {};
  });
}

function deleteExperimentTag(context: Context, input: Input<typeof tagged>): object {
  return context.database.transaction(() => {
    const row = requireExperiment(context, input.experiment_id);
    requireActive(row);
    if (context.database.run("DELETE FROM experiment_tags WHERE experiment = ? AND key = ?", row["id"] ?? null, input.key) === 0) {
      throw absent(`No tag with name: ${input.key} in experiment with id ${input.experiment_id}`);
    }
    return {};
  });
}

function checkExperimentTag(key: string, value: string): void {
  checkKey(key, "key");
  checkLength("key", 250, key);
  checkLength("value", 20_000, value);
}

function writeTag({ database }: Context, id: number, tag: { readonly key: string; readonly value: string }): void {
  database.run("INSERT INTO experiment_tags (experiment, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", id, tag.key, tag.value);
}
