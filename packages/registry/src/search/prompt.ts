import type { Condition } from "./condition.ts";
import type { Comparison } from "./filter.ts";

const TAG = "mlflow.prompt.is_prompt";

/**
 * MLflow keeps prompts among the models, marked by a tag, and shows them only to a search that asks for them.
 * `table` and `name` are ours, never a caller's.
 */
export function promptCondition(
  comparisons: readonly Comparison[],
  name: string,
  table: "model_tags" | "version_tags",
): { readonly comparisons: readonly Comparison[]; readonly hidden: readonly Condition[] } {
  const ask = comparisons.find((one) => one.entity === "tag" && one.key === TAG);
  const wanted = ask?.value.kind === "text" && ((ask.comparator === "=" && ask.value.text.toLowerCase() === "true") || (ask.comparator === "!=" && ask.value.text.toLowerCase() === "false"));
  if (wanted) return { comparisons, hidden: [] };
  return {
    comparisons: comparisons.filter((one) => one !== ask),
    hidden: [{ sql: `NOT EXISTS (SELECT 1 FROM ${table} WHERE model = ${name} AND key = '${TAG}' AND value = 'true')`, values: [] }],
  };
}
