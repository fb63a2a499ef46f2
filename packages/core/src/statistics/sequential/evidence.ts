import { Failure } from "../../failure/failure.ts";

/**
 * Evidence against a null hypothesis that may be looked at at any time and after any rule of stopping: under the null
 * the chance that E ever reaches 1/α is at most α (Ville 1939). Kept as a logarithm, because E outgrows a double.
 */
export interface Evidence {
  /** ln E. 0 says nothing; below 0 the data speak for the null. */
  readonly logE: number;
  /** Anytime-valid p: min(1, 1/E). */
  readonly p: number;
  /** exact: at every sample size. asymptotic: for large samples only. */
  readonly guarantee: "exact" | "asymptotic";
}

/** What a method answers when there is nothing to compute from: never a number that looks like an answer. */
export interface Nothing {
  readonly kind: "nothing";
  readonly because: string;
}

/** Against `two`-sided equality, against "at most the null" (`greater`), against "at least the null" (`less`). */
export type Side = "two" | "greater" | "less";

export function evidenceOf(logE: number, guarantee: Evidence["guarantee"]): Evidence {
  if (Number.isNaN(logE)) throw new Failure("internal", "the evidence of a sequential test is not a number");
  return { logE, p: logE <= 0 ? 1 : Math.exp(-logE), guarantee };
}

/** ln((e^x + e^y)/2): the average of two e-values is an e-value. */
export function logAverage(x: number, y: number): number {
  const high = Math.max(x, y);
  return high === Number.NEGATIVE_INFINITY || high === Number.POSITIVE_INFINITY ? high : high + Math.log((Math.exp(x - high) + Math.exp(y - high)) / 2);
}
