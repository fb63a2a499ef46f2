import { Failure } from "../failure/failure.ts";
import { gammaQ, logGammaP, logGammaQ } from "./gamma.ts";
import { requireInside } from "./input.ts";
import { bracketFrom, solveIncreasing } from "./solve-increasing.ts";

/** P(X > x) of the χ² distribution with `df` ≥ 1 degrees of freedom: Q(df/2, x/2). Exact; far tails keep their precision. */
export function chiSquareSurvival(x: number, df: number): number {
  requireDegrees(df);
  return gammaQ(df / 2, x / 2);
}

/** The x with P(X ≤ x) = p, 0 < p < 1. Exact. */
export function chiSquareQuantile(p: number, df: number): number {
  requireDegrees(df);
  if (df > 1e9) throw new Failure("invalid_input", `quantiles of χ² are computed up to 1e9 degrees of freedom, not ${df}`, { fix: "take the normal distribution with mean df and variance 2·df" });
  requireInside("p", p);
  const lower = Math.log(p);
  const upper = Math.log1p(-p);
  const beyond = p < 0.5 ? (x: number): number => logGammaP(df / 2, x / 2) - lower : (x: number): number => upper - logGammaQ(df / 2, x / 2);
  return solveIncreasing(beyond, bracketFrom(beyond, df));
}

function requireDegrees(df: number): void {
  if (!Number.isSafeInteger(df) || df < 1) throw new Failure("invalid_input", `χ² has no ${df} degrees of freedom`, { fix: "give a whole number from 1 up" });
}
