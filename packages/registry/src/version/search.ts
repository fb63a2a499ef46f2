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
import { versionJson } from "./read.ts";

const fields = { filter: "text", max_results: "integer", order_by: "texts", page_token: "text" } as const;

export const versionSearch: Route = route({ method: "GET", path: "/model-versions/search", fields, answer: searchVersions });

const SEARCHABLE: Searchable = {
  columns: {
    name: { sql: "versions.model", kind: "text" },
    version_number: { sql: "versions.version", kind: "number" },
    run_id: { sql: "versions.run", kind: "text" },
    source_path: { sql: "versions.source", kind: "text" },
  },
  attached: { tag: { from: "SELECT 1 FROM version_tags WHERE model = versions.model AND version = versions.version AND key = ?", kind: "text" } },
};
const ORDER = {
  name: "versions.model",
  version_number: "versions.version",
  creation_timestamp: "versions.created",
  last_updated_timestamp: "versions.updated",
};

function searchVersions(context: Context, input: Input<typeof fields>): object {
  const limit = pageLimit(input.max_results, 200_000, 200_000);
  const offset = offsetOf(input.page_token);
  const { comparisons, hidden } = promptCondition(parseFilter(input.filter), "versions.model", "version_tags");
  const where = joinConditions([{ sql: "deleted = 0", values: [] }, ...comparisons.map((one) => conditionOf(one, SEARCHABLE)), ...hidden]);
  const asked = (input.order_by ?? []).length > 0 ? input.order_by : ["last_updated_timestamp DESC"];
  const order = orderByColumns(asked, ORDER, ["versions.model ASC", "versions.version DESC"]);
  const rows = context.database.all(`SELECT * FROM versions WHERE ${where.sql} ORDER BY ${order} LIMIT ? OFFSET ?`, ...where.values, limit + 1, offset);
  const page = cutPage(rows, limit, offset);
  return { model_versions: unlessEmpty(page.rows.map((row) => versionJson(context, row, false))), next_page_token: page.next };
}
