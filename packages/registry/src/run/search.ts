import type { Input } from "../request/fields.ts";
import { unlessEmpty } from "../request/json.ts";
import { parseExperimentId } from "../request/names.ts";
import { invalid } from "../request/problem.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { conditionOf, joinConditions } from "../search/condition.ts";
import type { Condition, Searchable } from "../search/condition.ts";
import { parseFilter } from "../search/filter.ts";
import { parseOrder } from "../search/order.ts";
import { cutPage, offsetOf, pageLimit } from "../search/page.ts";
import { viewCondition } from "../search/view.ts";
import { runJson } from "./read.ts";

const fields = { experiment_ids: "texts", filter: "text", run_view_type: "text", max_results: "integer", order_by: "texts", page_token: "text" } as const;

export const runSearch: Route = route({ method: "POST", path: "/runs/search", access: "read", fields, answer: searchRuns });

const ATTRIBUTES = {
  run_id: { sql: "runs.id", kind: "text" },
  run_name: { sql: "runs.name", kind: "text" },
  "run name": { sql: "runs.name", kind: "text" },
  "Run name": { sql: "runs.name", kind: "text" },
  experiment_id: { sql: "CAST(runs.experiment AS TEXT)", kind: "text" },
  user_id: { sql: "runs.user_id", kind: "text" },
  status: { sql: "runs.status", kind: "text" },
  artifact_uri: { sql: "runs.artifact_uri", kind: "text" },
  lifecycle_stage: { sql: "runs.lifecycle_stage", kind: "text" },
  start_time: { sql: "runs.start_time", kind: "number" },
  created: { sql: "runs.start_time", kind: "number" },
  Created: { sql: "runs.start_time", kind: "number" },
  end_time: { sql: "runs.end_time", kind: "number" },
} as const;

const SEARCHABLE: Searchable = {
  columns: ATTRIBUTES,
  attached: {
    tag: { from: "SELECT 1 FROM run_tags WHERE run = runs.id AND key = ?", kind: "text" },
    param: { from: "SELECT 1 FROM run_params WHERE run = runs.id AND key = ?", kind: "text" },
    metric: { from: "SELECT 1 FROM latest_metrics WHERE run = runs.id AND is_nan = 0 AND key = ?", kind: "number" },
  },
};

function searchRuns(context: Context, input: Input<typeof fields>): object {
  const limit = pageLimit(input.max_results, 1000, 50_000);
  const offset = offsetOf(input.page_token);
  const experiments = (input.experiment_ids ?? []).map(parseExperimentId);
  const where = joinConditions([
    { sql: `runs.experiment IN (${experiments.map(() => "?").join(", ")})`, values: experiments },
    viewCondition("runs", input.run_view_type),
    ...parseFilter(input.filter).map((one) => conditionOf(one, SEARCHABLE)),
  ]);
  const order = orderOf(input.order_by);
  const rows = context.database.all(
    `SELECT runs.* FROM runs WHERE ${where.sql} ORDER BY ${order.sql} LIMIT ? OFFSET ?`,
    ...where.values, ...order.values, limit + 1, offset,
  );
  const page = cutPage(rows, limit, offset);
  return { runs: unlessEmpty(page.rows.map((row) => runJson(context, row))), next_page_token: page.next };
}

/** Runs without the metric come last, whichever way the order goes, and NaN just before them. */
function orderOf(terms: readonly string[] | undefined): Condition {
  const conditions = parseOrder(terms).map(({ parts, ascending }): Condition => {
    const direction = ascending ? "ASC" : "DESC";
    const [entity = "", key] = parts.length === 1 ? ["attributes", parts[0]] : parts;
    if (key === undefined) throw invalid(`Invalid order_by clause '${(terms ?? []).join(", ")}'.`);
    if (/^(attributes?|attr|run)$/.test(entity)) {
      if (!Object.hasOwn(ATTRIBUTES, key)) throw invalid(`Invalid attribute key '${key}' specified. Valid keys are '${Object.keys(ATTRIBUTES).join(", ")}'`);
      const { sql } = ATTRIBUTES[key as keyof typeof ATTRIBUTES];
      return { sql: `${sql} IS NULL, ${sql} ${direction}`, values: [] };
    }
    if (/^metrics?$/.test(entity)) {
      const latest = "FROM latest_metrics WHERE run = runs.id AND key = ?";
      return { sql: `coalesce((SELECT is_nan ${latest}), 2), (SELECT value ${latest}) ${direction}`, values: [key, key] };
    }
    const table = /^tags?$/.test(entity) ? "run_tags" : /^(params?|parameters?)$/.test(entity) ? "run_params" : null;
    if (table === null) throw invalid(`Invalid entity type '${entity}' in order_by.`);
    const value = `(SELECT value FROM ${table} WHERE run = runs.id AND key = ?)`;
    return { sql: `${value} IS NULL, ${value} ${direction}`, values: [key, key] };
  });
  const { sql, values } = { sql: [...conditions.map((one) => one.sql), "runs.start_time DESC", "runs.id ASC"].join(", "), values: conditions.flatMap((one) => one.values) };
  return { sql, values };
}
