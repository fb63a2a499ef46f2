import type { PowerStudy } from "./experiment.ts";
import { FIXED_PAIRS } from "./power.ts";

export interface PowerRow {
  readonly id: string;
  readonly method: string;
  readonly runs: number;
  /** Pairs by which 80 % of runs have succeeded, and the mean number of pairs when one stops at success or there; null when 80 % never do. */
  readonly budget: number | null;
  readonly mean: number | null;
  /** For a test with a bound for futility: the mean number of pairs to either end. */
  readonly meanToEnd: number | null;
  readonly success: number;
  readonly budgetFactor: number | null;
  readonly meanFactor: number | null;
  readonly reference: string;
}

/** Stops on success are positive, on futility negative, and ∞ is none. */
export function powerOf({ id, method, reference }: PowerStudy, stops: readonly number[]): PowerRow {
  const runs = stops.length;
  const wins = stops.filter((stop) => stop > 0 && stop < Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);
  const futile = stops.some((stop) => stop < 0);
  const budget = wins[Math.ceil(runs * 0.8) - 1] ?? null;
  const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / runs;
  const meanToEnd = futile ? average(stops.map(Math.abs)) : null;
  const mean = budget === null ? null : average(stops.map((stop) => Math.min(Math.abs(stop), budget)));
  return {
    id,
    method,
    runs,
    budget: futile ? null : budget,
    mean: futile ? meanToEnd : mean,
    meanToEnd,
    success: wins.length / runs,
    budgetFactor: futile || budget === null ? null : budget / FIXED_PAIRS,
    meanFactor: ((futile ? meanToEnd : mean) ?? Number.NaN) / FIXED_PAIRS,
    reference,
  };
}
