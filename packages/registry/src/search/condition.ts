import type { SQLInputValue } from "node:sqlite";
import { invalid } from "../request/problem.ts";
import type { Comparator, Comparison, FilterValue } from "./filter.ts";

/** A piece of SQL with its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

interface Column {
  readonly sql: string;
  readonly kind: "text" | "number";
}

/** Where the tags, params or metrics of a searched row are: a sub-select that has a `value` column and takes the key. */
interface Attached {
  readonly from: string;
  readonly kind: "text" | "number";
}

export interface Searchable {
  readonly columns: Readonly<Record<string, Column>>;
  readonly attached: Readonly<Partial<Record<Comparison["entity"], Attached>>>;
}

/** Column names come from the tables above only; every value is bound, never written into the SQL. */
export function conditionOf(comparison: Comparison, searchable: Searchable): Condition {
  const { entity, key } = comparison;
  if (entity === "attribute") {
    const column = Object.hasOwn(searchable.columns, key) ? searchable.columns[key] : undefined;
    if (column === undefined) throw invalid(`Invalid attribute key '${key}' specified. Valid keys are '${Object.keys(searchable.columns).join(", ")}'`);
    return compare(column.sql, column.kind, comparison);
  }
  const attached = searchable.attached[entity];
  if (attached === undefined) throw invalid(`Invalid entity type '${entity}'.`);
  if (comparison.comparator === "IS NULL") return { sql: `NOT EXISTS (${attached.from})`, values: [key] };
  if (comparison.comparator === "IS NOT NULL") return { sql: `EXISTS (${attached.from})`, values: [key] };
  const { sql, values } = compare("value", attached.kind, comparison);
  return { sql: `EXISTS (${attached.from} AND ${sql})`, values: [key, ...values] };
}

export function joinConditions(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.length === 0 ? "1" : conditions.map((one) => one.sql).join(" AND "),
    values: conditions.flatMap((one) => one.values),
  };
}

const NUMERIC: readonly Comparator[] = ["=", "!=", ">", ">=", "<", "<="];
const TEXTUAL: readonly Comparator[] = ["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"];

function compare(column: string, kind: Column["kind"], comparison: Comparison): Condition {
  const { comparator, value, key, entity } = comparison;
  if (!(kind === "number" ? NUMERIC : TEXTUAL).includes(comparator)) throw invalid(`Invalid comparator for '${key}': ${comparator}`);
  if (kind === "number") {
    if (value.kind !== "number") throw invalid(`Expected numeric value type for ${entity === "metric" ? "metric" : `numeric attribute: ${key}`}. Found ${foundValue(value)}`);
    return { sql: `${column} ${comparator} ?`, values: [value.number] };
  }
  if (value.kind === "list") return { sql: `${column} ${comparator} (${value.texts.map(() => "?").join(", ")})`, values: value.texts };
  if (value.kind !== "text") throw invalid(`Expected a quoted string value for '${key}'.`);
  // SQLite's LIKE ignores the case of ASCII letters; GLOB doesn't, and so is what LIKE means here.
  if (comparator === "LIKE") return { sql: `${column} GLOB ?`, values: [globOf(value.text)] };
  if (comparator === "ILIKE") return { sql: `${column} LIKE ?`, values: [value.text] };
  return { sql: `${column} ${comparator} ?`, values: [value.text] };
}

function foundValue(value: FilterValue): string {
  return value.kind === "text" ? `'${value.text}'` : "a list";
}

function globOf(pattern: string): string {
  return pattern.replaceAll(/[[*?]/g, "[$&]").replaceAll("%", "*").replaceAll("_", "?");
}
