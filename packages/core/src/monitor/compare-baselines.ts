/** A version against one of several that served before. */
export interface BaselineComparison {
  readonly baseline: string;
  /** Elo of the version less that of the baseline; null where they can't be compared. */
  readonly difference: number | null;
  readonly standardError: number | null;
  readonly isRegression: boolean;
}

export type BaselinesSummary = "healthy" | "regression_against_some" | "regression_against_majority" | "regression_against_all" | "unknown";

/**
 * A version against several baselines: whether it lost to one that was weak for once, or to all of them. Baselines that it
 * can't be compared with count for neither side; a majority is more than half of the others.
 */
export function summariseBaselines(comparisons: readonly BaselineComparison[]): { readonly summary: BaselinesSummary; readonly averageDifference: number | null } {
  const differences = comparisons.flatMap(({ difference }) => (difference === null ? [] : [difference]));
  const known = differences.length;
  const bad = comparisons.filter(({ difference, isRegression }) => difference !== null && isRegression).length;
  const averageDifference = known === 0 ? null : differences.reduce((sum, difference) => sum + difference, 0) / known;
  const summary = known === 0 ? "unknown" : bad === 0 ? "healthy" : bad === known ? "regression_against_all" : 2 * bad > known ? "regression_against_majority" : "regression_against_some";
  return { summary, averageDifference };
}

/**
 * By points, as the reference does: below the threshold, which is negative. With a standard error, the difference must
 * besides be surely below 0, at 97.5 % one-sided: asymptotic.
 */
export function compareBaseline(baseline: string, difference: { readonly value: number; readonly standardError: number | null } | null, threshold: number): BaselineComparison {
  if (difference === null) return { baseline, difference: null, standardError: null, isRegression: false };
  const { value, standardError } = difference;
  const isSure = standardError === null || value + SURE * standardError < 0;
  return { baseline, difference: value, standardError, isRegression: value < threshold && isSure };
}

const SURE = 1.959963984540054;
