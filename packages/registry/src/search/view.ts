import { invalid } from "../request/problem.ts";
import type { Condition } from "./condition.ts";

/** Which of the living and the deleted a search shows; the living unless it says otherwise. `table` is ours. */
export function viewCondition(table: "experiments" | "runs", view: string | undefined): Condition {
  switch (view ?? "ACTIVE_ONLY") {
    case "ACTIVE_ONLY":
      return { sql: `${table}.lifecycle_stage = 'active'`, values: [] };
    case "DELETED_ONLY":
      return { sql: `${table}.lifecycle_stage = 'deleted'`, values: [] };
    case "ALL":
      return { sql: "1", values: [] };
    default:
      throw invalid(`Invalid view type '${view}'. It must be one of ACTIVE_ONLY, DELETED_ONLY, ALL.`);
  }
}
