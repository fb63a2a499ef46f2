import type { SourceQuery } from "@gauntlet/controller";
import { Failure, isoTime, nearest } from "@gauntlet/core";

/** What a query may ask for as $1, $2, …, in the order that the configuration lists. */
export const PARAMETERS = ["model", "epoch", "from", "to", "fromMs", "toMs", "bucketMs"] as const;

export type ParameterName = (typeof PARAMETERS)[number];

/** `from` and `to` are instants in ISO form; those with Ms whole milliseconds since the Unix epoch. */
export type ParameterValue = { readonly kind: "text"; readonly value: string } | { readonly kind: "instant"; readonly ms: number } | { readonly kind: "integer"; readonly value: number };

/**
 * The query without what would break it inside parentheses.
 * @throws Failure `invalid_input` unless every parameter is used, and every $n listed.
 */
export function checkQuery(query: string, parameters: readonly string[]): string {
  const unknown = parameters.find((name) => !PARAMETERS.some((known) => known === name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, PARAMETERS);
    throw new Failure("invalid_input", `"${unknown}" is no parameter`, { fix: meant === null ? `there is ${PARAMETERS.join(", ")}` : `did you mean "${meant}"?` });
  }
  const used = [...new Set([...query.matchAll(/\$(\d+)/g)].map(([, index]) => Number(index)))].toSorted((a, b) => a - b);
  const listed = parameters.map((_, index) => index + 1);
  if (used.join() !== listed.join()) {
    throw new Failure("invalid_input", `the query uses ${used.length === 0 ? "no parameters" : used.map((index) => `$${index}`).join(", ")}, and ${listed.length === 0 ? "none is" : `${listed.length} are`} listed`, {
      fix: "list under `parameters` what $1, $2, … mean, in their order",
    });
  }
  return query.trim().replace(/;\s*$/, "");
}

export function parameterValues(names: readonly ParameterName[], { model, epoch, since, to, bucketMs }: SourceQuery): readonly ParameterValue[] {
  const values: Readonly<Record<ParameterName, ParameterValue>> = {
    model: { kind: "text", value: model },
    epoch: { kind: "integer", value: epoch },
    from: { kind: "instant", ms: since },
    to: { kind: "instant", ms: to },
    fromMs: { kind: "integer", value: since },
    toMs: { kind: "integer", value: to },
    bucketMs: { kind: "integer", value: bucketMs },
  };
  return names.map((name) => values[name]);
}

export function parameterText(value: ParameterValue): string {
  return value.kind === "instant" ? isoTime(value.ms) : String(value.value);
}
