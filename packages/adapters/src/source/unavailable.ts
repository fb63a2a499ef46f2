import { Failure } from "@gauntlet/core";

/** A reading of a source that can't be trusted. `source` is its name in the configuration. */
export function unavailable(source: string, detail: string, more: { readonly fix?: string; readonly cause?: unknown } = {}): Failure {
  return new Failure("evidence_unavailable", `source "${source}": ${detail}`, {
    fix: more.fix ?? "see that the source answers as its documentation says; `gauntlet doctor` reads it once",
    ...(more.cause === undefined ? {} : { cause: more.cause }),
  });
}

/** A count beyond this is a slip: of unit, of column, of query. */
export const COUNT_MAX = 1e15;
