import { normalQuantile } from "@gauntlet/core";

/** Of every interval of a rating that is shown. */
export const LEVEL = 0.95;

const Z: number = normalQuantile((1 + LEVEL) / 2);

/** Estimate ± z standard errors; nulls where nothing is known. */
export function intervalOf(estimate: number | null, standardError: number | null): { readonly low: number | null; readonly high: number | null } {
  if (estimate === null || standardError === null) return { low: null, high: null };
  return { low: estimate - Z * standardError, high: estimate + Z * standardError };
}
