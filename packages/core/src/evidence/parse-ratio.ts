import type { Problem } from "../failure/failure.ts";
import type { RatioMetric } from "./evidence.ts";

/** Fields of one side of a ratio. */
const FIELDS_MAX = 16;

/**
 * A ratio as a policy writes it, such as `edits + swaps / accepted`: names of numbers that are added, and one stroke. Or
 * what is wrong with it, with pointers from the text's own root.
 */
export function parseRatio(text: string, { once }: { readonly once: boolean }): RatioMetric | readonly Problem[] {
  const sides = text.split("/");
  if (sides.length !== 2) return [{ pointer: "", detail: `a ratio is written "edits + swaps / accepted": fields that are added, and one "/", not ${sides.length - 1}` }];
  const [numerator, denominator] = sides.map((side) => side.split("+").map((field) => field.trim())) as [string[], string[]];
  const problems = [...fieldProblems("numerator", numerator), ...fieldProblems("denominator", denominator)];
  return problems.length > 0 ? problems : { kind: "ratio", numerator, denominator, once };
}

function fieldProblems(side: "numerator" | "denominator", fields: readonly string[]): readonly Problem[] {
  if (fields.length > FIELDS_MAX) return [{ pointer: "", detail: `the ${side} adds ${fields.length} fields; at most ${FIELDS_MAX} are taken` }];
  const seen = new Set<string>();
  return fields.flatMap((field) => {
    if (field === "") return [{ pointer: "", detail: `the ${side} of a ratio misses a field` }];
    if (!FIELD.test(field)) return [{ pointer: "", detail: `"${field.slice(0, 80)}" in the ${side} is not the name of a number, such as edits or cost_usd` }];
    if (seen.has(field)) return [{ pointer: "", detail: `the ${side} adds "${field}" twice` }];
    seen.add(field);
    return [];
  });
}

/** The text form, which `parseRatio` reads again; `once` stands beside it. */
export function ratioText({ numerator, denominator }: RatioMetric): string {
  return `${numerator.join(" + ")} / ${denominator.join(" + ")}`;
}

/** As names of metrics. */
const FIELD = /^[a-z][a-z0-9_]{0,63}$/;
