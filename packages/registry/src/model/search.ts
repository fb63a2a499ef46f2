import type { Input } from "../request/fields.ts";
import { unlessEmpty } from "../request/json.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { conditionOf, joinConditions } from "../search/condition.ts";
import type { Searchable } from "../search/condition.ts";
import { parseFilter } from "../search/filter.ts";
import { orderByColumns } from "../search/order.ts";
import { cutPage, offsetOf, pageLimit } from "../search/page.ts";
import { promptCondition } from "../search/prompt.ts";
import { modelJson } from "./read.ts";

const fields = { filter: "text", max_results: "integer", order_by: "texts", page_token: "text" } as const;

export const modelSearch: Route = route({ method: "GET", path: "/registered-models/search", fields, answer: searchModels });

const SEARCHABLE: Searchable = {
  columns: { name: { sql: "models.name", kind: "text" } },
  attached: { tag: { from: "SELECT 1 FROM model_tags WHERE model = models.name AND key = ?", kind: "text" } },
};
const ORDER = { name: "models.name", timestamp: "models.updated", last_updated_timestamp: "models.updated", creation_timestamp: "models.created" };

function searchModels(context: Context, input: Input<typeof fields>): object {
  const limit = pageLimit(input.max_results, 100, 1000);
  const offset = offsetOf(input.page_token);
  const { comparisons, hidden } = promptCondition(parseFilter(input.filter), "models.name", "model_tags");
  const where = joinConditions([...comparisons.map((one) => conditionOf(one, SEARCHABLE)), ...hidden]);
  const order = orderByColumns(input.order_by, ORDER, ["models.name ASC"]);
  const rows = context.database.all(`SELECT * FROM models WHERE ${where.sql} ORDER BY ${order} LIMIT ? OFFSET ?`, ...where.values, limit + 1, offset);
  const page = cutPage(rows, limit, offset);
  return { registered_models: unlessEmpty(page.rows.map((row) => modelJson(context, row))), next_page_token: page.next };
}
