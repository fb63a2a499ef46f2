import { Failure } from "../failure/failure.ts";
import { requireInside } from "./input.ts";
import { studentTCritical, studentTSurvival, studentTTwoSided } from "./student-t.ts";
import { requireSummary, type Summary } from "./summary.ts";
import type { Interval } from "./wilson.ts";

export interface Welch {
  /** First mean − second, or what is said of it. */
  readonly difference: number;
  readonly standardError: number;
  /** The rest is null when the standard error is 0: no variance is no certainty. */
  readonly t: number | null;
  readonly df: number | null;
  /** Two-sided. */
  readonly p: number | null;
  /** P of so large a t: small when the first mean is larger. */
  readonly greater: number | null;
  /** P of so small a t: small when the first mean is smaller. */
  readonly less: number | null;
  readonly interval: Interval | null;
}

/**
 * Welch's t test (1947) of first − second with unequal variances, df after Satterthwaite (1946). Asymptotic, and close for
 * small samples of near-normal values. `margin` is the difference under the null hypothesis.
 */
export function welch(first: Summary, second: Summary, { level, margin }: { readonly level: number; readonly margin: number }): Welch {
  requireSummary("the first sample", first);
  requireSummary("the second sample", second);
  if (!Number.isFinite(margin)) throw new Failure("invalid_input", `the margin is ${margin}`, { fix: "give a finite number" });
  const variance = first.variance / first.n + second.variance / second.n;
  return judged({ difference: first.mean - second.mean, variance, df: degrees(first, second) }, { level, margin });
}

/**
 * The relative difference first/second − 1 by the delta method: variance v₁/m₂² + v₂·m₁²/m₂⁴ with the variances v of the
 * means m, and the degrees of freedom of the absolute difference, as GrowthBook has it. Asymptotic, and only sound while
 * the second mean is many of its standard errors away from 0. null when the second mean, the baseline, is not above 0;
 * see `ratioToBaseline` for a test that stays sound there.
 */
export function relativeDifference(first: Summary, second: Summary, level: number): Welch | null {
  requireSummary("the first sample", first);
  requireSummary("the second sample", second);
  const baseline = second.mean;
  if (!(baseline > 0)) return null;
  const ratio = first.mean / baseline;
  const variance = first.variance / first.n / baseline / baseline + (second.variance / second.n / baseline / baseline) * ratio * ratio;
  return judged({ difference: (first.mean - baseline) / baseline, variance, df: degrees(first, second) }, { level, margin: 0 });
}

/** Satterthwaite's; only asked for when a variance is above 0. */
function degrees(first: Summary, second: Summary): number {
  const share = first.variance / first.n / (first.variance / first.n + second.variance / second.n);
  return 1 / (share ** 2 / (first.n - 1) + (1 - share) ** 2 / (second.n - 1));
}

function judged(found: { readonly difference: number; readonly variance: number; readonly df: number }, { level, margin }: { readonly level: number; readonly margin: number }): Welch {
  requireInside("level", level);
  const { difference, variance, df } = found;
  if (!Number.isFinite(variance) || !Number.isFinite(difference)) throw new Failure("invalid_input", "the values are too large to compare", { fix: "measure the metric in a larger unit" });
  const standardError = Math.sqrt(variance);
  if (standardError === 0) return { difference, standardError, t: null, df: null, p: null, greater: null, less: null, interval: null };
  const t = (difference - margin) / standardError;
  const half = studentTCritical(level, df) * standardError;
  return { difference, standardError, t, df, p: studentTTwoSided(t, df), greater: studentTSurvival(t, df), less: studentTSurvival(-t, df), interval: { low: difference - half, high: difference + half } };
}
