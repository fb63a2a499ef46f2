import type { Input } from "../request/fields.ts";
import { unlessEmpty } from "../request/json.ts";
import { route } from "../request/route.ts";
import type { Context, Route } from "../request/route.ts";
import { conditionOf, joinConditions } from "../search/condition.ts";
import type { Searchable } from "../search/condition.ts";
import { parseFilter } from "../search/filter.ts";
import { orderByColumns } from "../search/order.ts";
import { cutPage, offsetOf, pageLimit } from "../search/page.ts";
import { viewCondition } from "../search/view.ts";
import { experimentJson } from "./read.ts";

const fields = { view_type: "text", max_results: "integer", order_by: "texts", filter: "text", page_token: "text" } as const;

export const experimentSearches: readonly Route[] = [
  route({ method: "POST", path: "/experiments/search", access: "read", fields, answer: searchExperiments }),
  route({ method: "GET", path: "/experiments/search", fields, answer: searchExperiments }),
];

const SEARCHABLE: Searchable = {
  columns: {
    name: { sql: "experiments.name", kind: "text" },
    experiment_id: { sql: "CAST(experiments.id AS TEXT)", kind: "text" },
    creation_time: { sql: "experiments.created", kind: "number" },
    last_update_time: { sql: "experiments.updated", kind: "number" },
  },
  attached: { tag: { from: "SELECT 1 FROM experiment_tags WHERE experiment = experiments.id AND key = ?", kind: "text" } },
};
const ORDER = { name: "experiments.name", experiment_id: "experiments.id", creation_time: "experiments.created", last_update_time: "experiments.updated" };

function searchExperiments(context: Context, input: Input<typeof fields>): object {
  // Here MLflow has no default: without max_results it complains about 0.
  const limit = pageLimit(input.max_results ?? 0, 0, 50_000);
  const offset = offsetOf(input.page_token);
  const where = joinConditions([viewCondition("experiments", input.view_type), ...parseFilter(input.filter).map((one) => conditionOf(one, SEARCHABLE))]);
  const asked = (input.order_by ?? []).length > 0 ? input.order_by : ["creation_time DESC"];
  const fallback = asked?.some((term) => term.includes("experiment_id")) === true ? [] : ["experiments.id ASC"];
  const order = orderByColumns(asked, ORDER, fallback);
  const rows = context.database.all(`SELECT * FROM experiments WHERE ${where.sql} ORDER BY ${order} LIMIT ? OFFSET ?`, ...where.values, limit + 1, offset);
  const page = cutPage(rows, limit, offset);
  return { experiments: unlessEmpty(page.rows.map((row) => experimentJson(context, row))), next_page_token: page.next };
}
