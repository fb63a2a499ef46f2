/**
 * The text of a PostgreSQL array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). The client library
 * writes them too, but looks at every value from all sides; a fold of many outcomes is mostly this.
 */
export function arrayText(values: readonly ArrayValue[]): string {
  return `{${values.map(elementText).join(",")}}`;
}

export type ArrayValue = string | number | boolean | null;

const SPECIAL = /["\\]/;

function elementText(value: ArrayValue): string {
  if (value === null) return "NULL";
  if (typeof value !== "string") return String(value);
  // Always in quotes, or a text that says NULL, or nothing, would be read as something else.
  return `"${SPECIAL.test(value) ? value.replaceAll(/["\\]/g, "\\$&") : value}"`;
}
