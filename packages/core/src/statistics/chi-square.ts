import { Failure } from "../failure/failure.ts";
import { gammaQ } from "./gamma.ts";

/** P(X > x) of the χ² distribution with `df` ≥ 1 degrees of freedom: Q(df/2, x/2). Exact; far tails keep their precision. */
export function chiSquareSurvival(x: number, df: number): number {
  if (!Number.isSafeInteger(df) || df < 1) throw new Failure("invalid_input", `χ² has no ${df} degrees of freedom`, { fix: "give a whole number from 1 up" });
  return gammaQ(df / 2, x / 2);
}
