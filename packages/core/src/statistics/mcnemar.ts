import { binomialCdf, binomialMass } from "./binomial.ts";
import { chiSquareSurvival } from "./chi-square.ts";
import { requireCounts } from "./input.ts";

export interface McNemar {
  /** Pairs that only the one hit, and that only the other did. */
  readonly b: number;
  readonly c: number;
  /** Two-sided, exact. */
  readonly exact: number;
  readonly midP: number;
  readonly chiSquare: number;
  readonly chiSquareP: number;
  /** With Edwards' continuity correction. */
  readonly corrected: number;
  readonly correctedP: number;
}

/**
 * McNemar's test of paired answers (1947): under the null hypothesis b ~ Binomial(b + c, ½). `exact` is
 * 2·P(X ≤ min(b, c)) capped at 1; `midP` counts the observed value half (Fagerland et al. 2013): 2·P(X ≤ min) − P(X = min),
 * which is 1 for b = c. Both χ² figures are asymptotic. Without discordant pairs every p is 1.
 */
export function mcnemar(b: number, c: number): McNemar {
  requireCounts({ b, c });
  const n = b + c;
  if (n === 0) return { b, c, exact: 1, midP: 1, chiSquare: 0, chiSquareP: 1, corrected: 0, correctedP: 1 };
  const fewer = Math.min(b, c);
  const doubled = 2 * binomialCdf(fewer, n, 0.5);
  const chiSquare = (b - c) ** 2 / n;
  const corrected = Math.max(0, Math.abs(b - c) - 1) ** 2 / n;
  return {
    b,
    c,
    exact: b === c ? 1 : Math.min(1, doubled),
    midP: b === c ? 1 : Math.min(1, doubled - binomialMass(fewer, n, 0.5)),
    chiSquare,
    chiSquareP: chiSquareSurvival(chiSquare, 1),
    corrected,
    correctedP: chiSquareSurvival(corrected, 1),
  };
}
