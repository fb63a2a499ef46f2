import { Failure } from "../failure/failure.ts";
import { requireInside } from "./input.ts";
import type { Interval } from "./wilson.ts";

export interface Bootstrap {
  readonly estimate: number;
  /** Percentile interval; null when all resamples gave the same value: no variance is no certainty. */
  readonly interval: Interval | null;
  readonly standardError: number;
  /** Resamples for which the figure could not be said, as a ratio to 0. More than a few make the interval doubtful. */
  readonly undefinedResamples: number;
}

export interface BootstrapPlan {
  readonly resamples: number;
  readonly level: number;
  /** Uniform in [0, 1): a seeded one, so that the same evidence gives the same interval. */
  readonly random: () => number;
}

/**
 * Efron's bootstrap (1979) of a figure of units that stay together, such as both versions' answers for one customer:
 * `figure` is given how often each of the `units` was drawn, and says null where it has no value. Percentile interval;
 * asymptotic. null when the figure has no value for the sample itself, or for half of the resamples.
 */
export function pairedBootstrap(units: number, figure: (drawn: Float64Array) => number | null, plan: BootstrapPlan): Bootstrap | null {
  requirePlan(units, plan);
  const estimate = figure(new Float64Array(units).fill(1));
  if (estimate === null) return null;
  const values: number[] = [];
  const drawn = new Float64Array(units);
  for (let resample = 0; resample < plan.resamples; resample++) {
    drawn.fill(0);
    for (let i = 0; i < units; i++) (drawn[Math.floor(plan.random() * units)] as number)++;
    const value = figure(drawn);
    if (value !== null) values.push(value);
  }
  if (values.length < plan.resamples / 2) return null;
  values.sort((a, b) => a - b);
  const undefinedResamples = plan.resamples - values.length;
  return { estimate, interval: percentileInterval(values, plan.level), standardError: deviation(values), undefinedResamples };
}

/** Draws in one bootstrap: some seconds. */
const DRAWS_MAX = 500_000_000;

function requirePlan(units: number, { resamples, level }: BootstrapPlan): void {
  requireInside("level", level);
  if (!Number.isSafeInteger(units) || units < 2) throw new Failure("invalid_input", `${units} units can't be resampled`, { fix: "give at least two" });
  if (units * resamples > DRAWS_MAX) throw new Failure("invalid_input", `${resamples} resamples of ${units} units take too long`, { fix: `keep their product to ${DRAWS_MAX}` });
  const least = Math.ceil(2 / (1 - level));
  if (!Number.isSafeInteger(resamples) || resamples < least) throw new Failure("invalid_input", `${resamples} resamples don't show an interval of level ${level}`, { fix: `give at least ${least}; 2000 is usual` });
}

function percentileInterval(sorted: readonly number[], level: number): Interval | null {
  const low = sorted[0] as number;
  const high = sorted.at(-1) as number;
  if (low === high) return null;
  const rank = Math.max(0, Math.floor(((1 - level) / 2) * (sorted.length + 1)) - 1);
  return { low: sorted[rank] as number, high: sorted[sorted.length - 1 - rank] as number };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
