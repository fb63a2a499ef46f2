import { requireAtLeast, requireInside, requireShare } from "./input.ts";
import { normalQuantile } from "./normal.ts";

export interface ProportionsNeeded {
  readonly first: number;
  readonly second: number;
  /** n of the first arm over n of the second: 4 for a split of 80/20. */
  readonly ratio: number;
  /** Two-sided. */
  readonly alpha: number;
  readonly power: number;
}

/**
 * How many units each arm needs for the pooled z test of two proportions (Fleiss 1981, without continuity correction):
 * n₂ = [z_{1−α/2}·√(p̄q̄(1 + 1/k)) + z_{power}·√(p₁q₁/k + p₂q₂)]²/(p₁ − p₂)², k = n₁/n₂. Asymptotic. null when the
 * proportions are equal.
 */
export function proportionsNeeded(design: ProportionsNeeded): { readonly first: number; readonly second: number } | null {
  const { first, second, ratio, alpha, power } = design;
  requireShare("first", first);
  requireShare("second", second);
  requireAtLeast("ratio", ratio, Number.MIN_VALUE);
  requireInside("alpha", alpha);
  requireInside("power", power);
  if (first === second) return null;
  const pooled = (ratio * first + second) / (ratio + 1);
  const byChance = Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
  const alternative = Math.sqrt((first * (1 - first)) / ratio + second * (1 - second));
  const least = Math.ceil(((-normalQuantile(alpha / 2) * byChance + normalQuantile(power) * alternative) / (first - second)) ** 2);
  return { first: Math.ceil(least * ratio), second: least };
}
