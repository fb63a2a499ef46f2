import type { Fields } from "./fields.ts";
import { invalid } from "./problem.ts";

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** A list of `{key, value}`; a missing value is empty text, as protocol buffers read it. `path` names the list in complaints. */
export function readPairs(list: readonly Fields[] | undefined, path: string): readonly Pair[] {
  return (list ?? []).map((entry, index) => {
    const { key, value } = entry;
    if (typeof key !== "string" || key === "") {
      throw invalid(`Missing value for required parameter '${path}[${index}].key'. See the API docs for more information about request parameters.`);
    }
    if (value !== undefined && value !== null && typeof value !== "string") {
      throw invalid(`Invalid value ${JSON.stringify(value)} for parameter '${path}[${index}].value' supplied: it must be text.`);
    }
    return { key, value: value ?? "" };
  });
}
