import { requireActive, requireExperiment } from "../experiment/read.ts";
import type { Input } from "../request/fields.ts";
import { checkKey, checkLength, parseExperimentId } from "../request/names.ts";
import { unlessEmpty } from "../request/json.ts";
import { readPairs } from "../request/pairs.ts";
import type { Pair } from "../request/pairs.ts";
import { absent, invalid } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { conditionOf, joinConditions } from "../search/condition.ts";
import type { Searchable } from "../search/condition.ts";
import { parseFilter } from "../search/filter.ts";
import { cutPage, offsetOf, pageLimit } from "../search/page.ts";
import { loggedModelJson, requireLoggedModel } from "./read.ts";

const creation = { experiment_id: "text!", name: "text", model_type: "text", source_run_id: "text", params: "objects", tags: "objects" } as const;
const one = { model_id: "text!" } as const;
const status = { model_id: "text!", status: "text!" } as const;
const tagged = { model_id: "text!", tags: "objects" } as const;
const untagged = { model_id: "text!", tag_key: "text!" } as const;
const withParams = { model_id: "text!", params: "objects" } as const;
const search = { experiment_ids: "texts!", filter: "text", datasets: "objects", max_results: "integer", order_by: "objects", page_token: "text" } as const;

export const loggedModelRoutes: readonly Route[] = [
  route({ method: "POST", path: "/logged-models", fields: creation, answer: createLoggedModel }),
  route({ method: "POST", path: "/logged-models/search", access: "read", fields: search, answer: searchLoggedModels }),
  route({ method: "GET", path: "/logged-models/:model_id", fields: one, answer: (context, input) => answerOf(context, input.model_id) }),
  route({ method: "PATCH", path: "/logged-models/:model_id", fields: status, answer: finalize }),
  route({ method: "DELETE", path: "/logged-models/:model_id", fields: one, answer: deleteLoggedModel }),
  route({ method: "PATCH", path: "/logged-models/:model_id/tags", fields: tagged, answer: setTags }),
  route({ method: "DELETE", path: "/logged-models/:model_id/tags/:tag_key", fields: untagged, answer: deleteTag }),
  route({ method: "POST", path: "/logged-models/:model_id/params", fields: withParams, answer: logParams }),
];

const STATUSES = new Set(["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"]);

function createLoggedModel(context: Context, input: Input<typeof creation>): object {
  const { database, now, newId } = context;
  const tags = readPairs(input.tags, "tags");
  const params = readPairs(input.params, "params");
  for (const tag of tags) checkTag(tag);
  for (const param of params) checkParam(param);
  if (input.name !== undefined && /[/:.%"']/.test(input.name)) {
    throw invalid(
      `Invalid model name ('${input.name}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    );
  }
  return database.transaction(() => {
    const experiment = requireExperiment(context, input.experiment_id);
    requireActive(experiment);
    const id = `m-${newId()}`;
    const at = now();
    database.run(
      "INSERT INTO logged_models (id, experiment, name, model_type, source_run, status, artifact_uri, created, updated) VALUES (?, ?, ?, ?, ?, 'LOGGED_MODEL_PENDING', ?, ?, ?)",
      id, experiment["id"] ?? null, input.name || `model-${id.slice(2, 10)}`, input.model_type ?? "", input.source_run_id ?? "",
      `${experiment["artifact_location"]}/models/${id}/artifacts`, at, at,
    );
    for (const tag of tags) writePair(context, { table: "logged_model_tags", id, pair: tag });
    for (const param of params) writePair(context, { table: "logged_model_params", id, pair: param });
    return answerOf(context, id);
  });
}

function finalize(context: Context, input: Input<typeof status>): object {
  if (!STATUSES.has(input.status)) throw invalid(`Invalid status '${input.status}'. It must be one of ${[...STATUSES].join(", ")}.`);
  return context.database.transaction(() => {
    requireLoggedModel(context, input.model_id);
    context.database.run("UPDATE logged_models SET status = ?, updated = ? WHERE id = ?", input.status, context.now(), input.model_id);
    return answerOf(context, input.model_id);
  });
}

function deleteLoggedModel(context: Context, input: Input<typeof one>): object {
  return context.database.transaction(() => {
    requireLoggedModel(context, input.model_id);
    context.database.run("UPDATE logged_models SET lifecycle_stage = 'deleted', updated = ? WHERE id = ?", context.now(), input.model_id);
    return {};
  });
}

function setTags(context: Context, input: Input<typeof tagged>): object {
  const tags = readPairs(input.tags, "tags");
  for (const tag of tags) checkTag(tag);
  return context.database.transaction(() => {
    requireLoggedModel(context, input.model_id);
    for (const tag of tags) writePair(context, { table: "logged_model_tags", id: input.model_id, pair: tag });
    return {};
  });
}

function deleteTag(context: Context, input: Input<typeof untagged>): object {
  return context.database.transaction(() => {
    requireLoggedModel(context, input.model_id);
    if (context.database.run("DELETE FROM logged_model_tags WHERE model = ? AND key = ?", input.model_id, input.tag_key) === 0) {
      throw absent(`No tag with key '${input.tag_key}' found for model with ID '${input.model_id}'.`);
    }
    return {};
  });
}

function logParams(context: Context, input: Input<typeof withParams>): object {
  const params = readPairs(input.params, "params");
  for (const param of params) checkParam(param);
  return context.database.transaction(() => {
    requireLoggedModel(context, input.model_id);
    for (const param of params) writePair(context, { table: "logged_model_params", id: input.model_id, pair: param });
    return {};
  });
}

const SEARCHABLE: Searchable = {
  columns: {
    name: { sql: "logged_models.name", kind: "text" },
    model_id: { sql: "logged_models.id", kind: "text" },
    model_type: { sql: "logged_models.model_type", kind: "text" },
    status: { sql: "replace(logged_models.status, 'LOGGED_MODEL_', '')", kind: "text" },
    source_run_id: { sql: "logged_models.source_run", kind: "text" },
    creation_timestamp: { sql: "logged_models.created", kind: "number" },
    creation_time: { sql: "logged_models.created", kind: "number" },
    last_updated_timestamp: { sql: "logged_models.updated", kind: "number" },
    last_updated_time: { sql: "logged_models.updated", kind: "number" },
  },
  attached: {
    tag: { from: "SELECT 1 FROM logged_model_tags WHERE model = logged_models.id AND key = ?", kind: "text" },
    param: { from: "SELECT 1 FROM logged_model_params WHERE model = logged_models.id AND key = ?", kind: "text" },
    metric: { from: "SELECT 1 FROM logged_model_metrics WHERE model = logged_models.id AND is_nan = 0 AND key = ?", kind: "number" },
  },
};

function searchLoggedModels(context: Context, input: Input<typeof search>): object {
  const limit = pageLimit(input.max_results, 50, 50_000);
  const offset = offsetOf(input.page_token);
  if ((input.datasets ?? []).length > 0) throw invalid("This registry doesn't search logged models by dataset.");
  const experiments = input.experiment_ids.map(parseExperimentId);
  const where = joinConditions([
    { sql: "logged_models.lifecycle_stage = 'active'", values: [] },
    { sql: `logged_models.experiment IN (${experiments.map(() => "?").join(", ")})`, values: experiments },
    ...parseFilter(input.filter).map((comparison) => conditionOf(comparison, SEARCHABLE)),
  ]);
  const order = (input.order_by ?? []).map((term) => orderTerm(term["field_name"], term["ascending"]));
  const clause = [...order.map((term) => term.sql), "logged_models.created DESC", "logged_models.rowid DESC"].join(", ");
  const rows = context.database.all(
    `SELECT * FROM logged_models WHERE ${where.sql} ORDER BY ${clause} LIMIT ? OFFSET ?`,
    ...where.values, ...order.flatMap((term) => term.values), limit + 1, offset,
  );
  const page = cutPage(rows, limit, offset);
  return { models: unlessEmpty(page.rows.map((row) => loggedModelJson(context, row))), next_page_token: page.next };
}

function orderTerm(field: unknown, ascending: unknown): { readonly sql: string; readonly values: readonly string[] } {
  const direction = ascending === false ? "DESC" : "ASC";
  if (typeof field === "string" && field.startsWith("metrics.")) {
    const key = field.slice("metrics.".length);
    const value = "(SELECT max(value) FROM logged_model_metrics WHERE model = logged_models.id AND key = ?)";
    return { sql: `${value} IS NULL, ${value} ${direction}`, values: [key, key] };
  }
  const column = typeof field === "string" && Object.hasOwn(SEARCHABLE.columns, field) ? SEARCHABLE.columns[field] : undefined;
  if (column === undefined) throw invalid(`Invalid order by field name: ${JSON.stringify(field)}`);
  return { sql: `${column.sql} ${direction}`, values: [] };
}

function answerOf(context: Context, id: string): object {
  return { model: loggedModelJson(context, requireLoggedModel(context, id)) };
}

function checkTag(tag: Pair): void {
  checkKey(tag.key, "key");
  checkLength("key", 250, tag.key);
  checkLength("value", 8000, tag.value);
}

function checkParam(param: Pair): void {
  checkKey(param.key, "key");
  checkLength("Param key", 250, param.key);
  checkLength("Param value", 6000, param.value);
}

function writePair({ database }: Context, row: { readonly table: "logged_model_tags" | "logged_model_params"; readonly id: string; readonly pair: Pair }): void {
  database.run(`INSERT INTO ${row.table} (model, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`, row.id, row.pair.key, row.pair.value);
}
