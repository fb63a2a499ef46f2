import { invalid } from "../request/problem.ts";
import { nameParts } from "./filter.ts";

export interface OrderTerm {
  /** "name", or ["metrics", "f1"]. */
  readonly parts: readonly string[];
  readonly ascending: boolean;
}

/** Parses `name`, `name ASC`, `metrics.f1 DESC`, `` `metrics.f 1` desc``. */
export function parseOrder(terms: readonly string[] | undefined): readonly OrderTerm[] {
  return (terms ?? []).map((term) => {
    const match = /^\s*(.+?)(?:\s+(asc|desc))?\s*$/is.exec(term);
    const name = match?.[1];
    if (name === undefined || (/\s/.test(name) && !name.includes("`") && !name.includes('"'))) throw invalid(`Invalid order_by clause '${term}'.`);
    return { parts: nameParts(name), ascending: (match?.[2] ?? "asc").toLowerCase() === "asc" };
  });
}

/** Order by columns only; `fallback` ends the clause so that pages never overlap. */
export function orderByColumns(terms: readonly string[] | undefined, columns: Readonly<Record<string, string>>, fallback: readonly string[]): string {
  const seen = new Set<string>();
  const clauses = parseOrder(terms).map(({ parts, ascending }) => {
    const key = parts.at(-1) ?? "";
    const column = Object.hasOwn(columns, key) ? columns[key] : undefined;
    if (column === undefined) throw invalid(`Invalid order by key '${key}' specified. Valid keys are '${Object.keys(columns).join(", ")}'`);
    if (seen.has(column)) throw invalid(`\`order_by\` contains duplicate fields: ${JSON.stringify(terms)}`);
    seen.add(column);
    return `${column} ${ascending ? "ASC" : "DESC"}`;
  });
  return [...clauses, ...fallback].join(", ");
}
