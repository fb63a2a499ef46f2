import { requireAtLeast, requireInside } from "./input.ts";
import { normalQuantile, normalSurvival } from "./normal.ts";

export interface MarginNoise {
  /** The share both arms truly have. */
  readonly share: number;
  /** How far the candidate's share may lie from the baseline's, as a part of it: 0.05 for 5 %. */
  readonly relativeMargin: number;
  readonly candidates: number;
  readonly baselines: number;
}

/**
 * The chance that a point comparison breaks its margin although there is no difference: P(Z > margin/SE), with
 * SE = √(pq(1/n₁ + 1/n₂)). One-sided, asymptotic: what a policy's lint asks of a margin.
 */
export function falseAlarmChance({ share, relativeMargin, candidates, baselines }: MarginNoise): number {
  requireInside("share", share);
  requireAtLeast("relativeMargin", relativeMargin, 0);
  requireAtLeast("candidates", candidates, 1);
  requireAtLeast("baselines", baselines, 1);
  return normalSurvival((share * relativeMargin) / Math.sqrt(share * (1 - share) * (1 / candidates + 1 / baselines)));
}

/**
 * How many candidates, with `ratio` baselines for each, bring that chance down to `chance` < ½. Asymptotic; null for a
 * margin of 0, or one so small that no number does.
 */
export function candidatesForMargin(design: { readonly share: number; readonly relativeMargin: number; readonly ratio: number; readonly chance: number }): number | null {
  const { share, relativeMargin, ratio, chance } = design;
  requireInside("share", share);
  requireAtLeast("relativeMargin", relativeMargin, 0);
  requireAtLeast("ratio", ratio, Number.MIN_VALUE);
  requireInside("chance", chance);
  const z = Math.max(0, -normalQuantile(chance));
  const needed = Math.max(1, Math.ceil((z * z * share * (1 - share) * (1 + 1 / ratio)) / (share * relativeMargin) ** 2));
  return Number.isSafeInteger(needed) ? needed : null;
}
