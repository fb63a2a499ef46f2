import { requireActive, requireExperiment } from "../experiment/read.ts";
import type { Input } from "../request/fields.ts";
import { checkKey, checkLength, required } from "../request/names.ts";
import { readPairs } from "../request/pairs.ts";
import { invalid } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { requireActiveRun, requireRun, runInfoJson, runJson } from "./read.ts";

const creation = { experiment_id: "text", user_id: "text", run_name: "text", start_time: "integer", tags: "objects" } as const;
const one = { run_id: "text!" } as const;
const update = { run_id: "text!", status: "text", end_time: "integer", run_name: "text" } as const;

/** The life of a run; what is logged to it is in log.ts. */
export const runRoutes: readonly Route[] = [
  route({ method: "POST", path: "/runs/create", fields: creation, answer: createRun }),
  route({ method: "GET", path: "/runs/get", fields: one, answer: (context, input) => ({ run: runJson(context, requireRun(context, input.run_id)) }) }),
  route({ method: "POST", path: "/runs/update", fields: update, answer: updateRun }),
  route({ method: "POST", path: "/runs/delete", fields: one, answer: (context, input) => moveLifecycle(context, input.run_id, "deleted") }),
  route({ method: "POST", path: "/runs/restore", fields: one, answer: (context, input) => moveLifecycle(context, input.run_id, "active") }),
];

const STATUSES = new Set(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]);
const NAME_TAG = "mlflow.runName";

function createRun(context: Context, input: Input<typeof creation>): object {
  const { database, newId } = context;
  const tags = readPairs(input.tags, "tags");
  for (const tag of tags) checkRunTag(tag.key, tag.value);
  return database.transaction(() => {
    const experiment = requireExperiment(context, input.experiment_id ?? "");
    requireActive(experiment);
    const id = newId();
    const tagName = tags.find((tag) => tag.key === NAME_TAG)?.value ?? "";
    const askedName = input.run_name ?? "";
    if (askedName !== "" && tagName !== "" && askedName !== tagName) {
      throw invalid(
        `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${askedName}', mlflow.runName='${tagName}').`,
      );
    }
    const name = askedName || tagName || `run-${id.slice(0, 8)}`;
    database.run(
      "INSERT INTO runs (id, experiment, name, user_id, status, start_time, artifact_uri) VALUES (?, ?, ?, ?, 'RUNNING', ?, ?)",
      id, experiment["id"] ?? null, name, input.user_id ?? "", input.start_time ?? 0, `${experiment["artifact_location"]}/${id}/artifacts`,
    );
    for (const tag of tags) writeRunTag(context, id, tag);
    if (tagName === "") writeRunTag(context, id, { key: NAME_TAG, value: name });
    const { outputs: _none, ...run } = runJson(context, requireRun(context, id)) as { readonly outputs: unknown };
    return { run };
  });
}

function updateRun(context: Context, input: Input<typeof update>): object {
  const { database } = context;
  return database.transaction(() => {
    requireActiveRun(context, input.run_id);
    if (input.status !== undefined && input.status !== "") {
      if (!STATUSES.has(input.status)) throw invalid(`Invalid run status '${input.status}'. It must be one of ${[...STATUSES].join(", ")}.`);
      database.run("UPDATE runs SET status = ? WHERE id = ?", input.status, input.run_id);
    }
    if (input.end_time !== undefined) database.run("UPDATE runs SET end_time = ? WHERE id = ?", input.end_time, input.run_id);
    if (input.run_name !== undefined && input.run_name !== "") {
      database.run("UPDATE runs SET name = ? WHERE id = ?", input.run_name, input.run_id);
      writeRunTag(context, input.run_id, { key: NAME_TAG, value: input.run_name });
    }
    return { run_info: runInfoJson(requireRun(context, input.run_id)) };
  });
}

function moveLifecycle(context: Context, id: string, stage: "active" | "deleted"): object {
  return context.database.transaction(() => {
    requireRun(context, id);
    context.database.run("UPDATE runs SET lifecycle_stage = ? WHERE id = ?", stage, id);
    return {};
  });
}

export function checkRunTag(key: string, value: string, path = ""): void {
  const name = path === "" ? "" : `${path}.`;
  checkKey(required(`${name}key`, key), `${name}key`);
  checkLength(`${name}key`, 250, key);
  checkLength(`${name}value`, 8000, value);
}

/** Inside a transaction. */
export function writeRunTag({ database }: Context, run: string, tag: { readonly key: string; readonly value: string }): void {
  database.run("INSERT INTO run_tags (run, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", run, tag.key, tag.value);
}
