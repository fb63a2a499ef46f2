import { logBetaCdf, logBetaSurvival } from "./beta.ts";
import { type Hits, requireHits, requireInside } from "./input.ts";
import { solveIncreasing } from "./solve-increasing.ts";
import type { Interval } from "./wilson.ts";

/**
 * Clopper and Pearson's interval of a proportion (1934): the p at which P(X ≥ hits) or P(X ≤ hits) is (1 − level)/2.
 * Exact: it covers with at least `level`, and is wider than needed.
 */
export function clopperPearson(proportion: Hits, level: number): Interval {
  requireInside("level", level);
  return { low: clopperPearsonLow(proportion, (1 - level) / 2), high: clopperPearsonHigh(proportion, (1 - level) / 2) };
}

/** The p with P(X ≥ hits) = alpha: an exact one-sided lower bound of level 1 − alpha. */
export function clopperPearsonLow(proportion: Hits, alpha: number): number {
  requireHits("the proportion", proportion);
  requireInside("alpha", alpha);
  const { hits, of } = proportion;
  const target = Math.log(alpha);
  return hits === 0 ? 0 : solveShare((p) => logBetaCdf(p, hits, of - hits + 1) - target, hits / of);
}

/** The p with P(X ≤ hits) = alpha: an exact one-sided upper bound of level 1 − alpha. */
export function clopperPearsonHigh(proportion: Hits, alpha: number): number {
  requireHits("the proportion", proportion);
  requireInside("alpha", alpha);
  const { hits, of } = proportion;
  const target = Math.log(alpha);
  return hits === of ? 1 : solveShare((p) => target - logBetaSurvival(p, hits + 1, of - hits), hits / of);
}

/** The bound lies between the share itself and the end on whose side f passes 0. */
function solveShare(f: (p: number) => number, share: number): number {
  return share > 0 && f(share) >= 0 ? solveFromZero(f, share) : solveIncreasing(f, { low: share, high: 1 });
}

/** Bounds may be as small as 1e-300; in ln p they are as exact as large ones. */
function solveFromZero(f: (p: number) => number, high: number): number {
  return Math.exp(solveIncreasing((x) => f(Math.exp(x)), { low: -745, high: Math.log(high) }));
}
