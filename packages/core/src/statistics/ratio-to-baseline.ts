import { Failure } from "../failure/failure.ts";
import { requireInside } from "./input.ts";
import { criticalValue, normalSurvival } from "./normal.ts";
import { requireSummary, type Summary } from "./summary.ts";
import type { Interval } from "./wilson.ts";

export interface RatioToBaseline {
  /** Candidate's mean over baseline's; null when the baseline's is 0, or so near it that a double does not hold the ratio. */
  readonly ratio: number | null;
  /** Of the contrast candidate − bound·baseline; this and both p are null when its standard error is 0. */
  readonly z: number | null;
  /** Small when the candidate lies above bound·baseline. */
  readonly above: number | null;
  /** Small when it lies below. */
  readonly below: number | null;
  /**
   * Fieller's, of the ratio; null when both variances are 0, and when the baseline can't be told from 0 at this level:
   * the set of ratios is then not an interval.
   */
  readonly interval: Interval | null;
}

/**
 * Is the candidate's mean above or below `bound` times the baseline's? The linear contrast x̄_B − r·x̄_A with variance
 * s²_B/n_B + r²·s²_A/n_A against the normal distribution, and Fieller's interval (1954) of the ratio, for independent
 * samples. Asymptotic; the test stays sound for baselines near 0 and below it, where "above bound·baseline" keeps its
 * plain arithmetical meaning.
 */
export function ratioToBaseline(candidate: Summary, baseline: Summary, { bound, level }: { readonly bound: number; readonly level: number }): RatioToBaseline {
  requireSummary("the candidate", candidate);
  requireSummary("the baseline", baseline);
  requireInside("level", level);
  if (!Number.isFinite(bound)) throw new Failure("invalid_input", `the bound is ${bound}`, { fix: "give a finite number, such as 1.1" });
  const error = Math.sqrt(candidate.variance / candidate.n + bound * bound * (baseline.variance / baseline.n));
  const contrast = candidate.mean - bound * baseline.mean;
  if (!Number.isFinite(error) || !Number.isFinite(contrast)) throw new Failure("invalid_input", "the values are too large to compare", { fix: "measure the metric in a larger unit" });
  const z = error === 0 ? null : contrast / error;
  const ratio = candidate.mean / baseline.mean;
  return {
    ratio: Number.isFinite(ratio) ? ratio : null,
    z,
    above: z === null ? null : normalSurvival(z),
    below: z === null ? null : normalSurvival(-z),
    interval: fieller(candidate, baseline, criticalValue(level)),
  };
}

/**
 * All r whose contrast x̄_B − r·x̄_A lies within z of its standard errors (z of a normal or t quantile, or the multiplier of a
 * confidence sequence). With g = z²·v_A/x̄_A² < 1: (r ± z/x̄_A·√(v_B + r²·v_A − g·v_B))/(1 − g), the variances v those of the
 * means; null otherwise, and without any variance.
 */
export function fieller(candidate: Summary, baseline: Summary, z: number): Interval | null {
  const first = candidate.variance / candidate.n;
  const second = baseline.variance / baseline.n;
  if ((first === 0 && second === 0) || baseline.mean === 0) return null;
  const ratio = candidate.mean / baseline.mean;
  const g = ((z / baseline.mean) * z * second) / baseline.mean;
  if (!(g < 1)) return null;
  const half = (z / Math.abs(baseline.mean)) * Math.sqrt(first * (1 - g) + ratio * ratio * second);
  const interval = { low: (ratio - half) / (1 - g), high: (ratio + half) / (1 - g) };
  return Number.isFinite(interval.high - interval.low) ? interval : null;
}
