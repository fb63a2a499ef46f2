import { Failure } from "../failure/failure.ts";
import { logIncompleteBeta } from "./beta.ts";
import { requireAtLeast } from "./input.ts";

/** Degrees of freedom of the two variances, above 0. */
export interface VarianceDegrees {
  readonly numerator: number;
  readonly denominator: number;
}

/** P(F > f) of Fisher and Snedecor's distribution (Abramowitz & Stegun 26.6.2). Exact; the tail is computed as itself. */
export function fSurvival(f: number, degrees: VarianceDegrees): number {
  const { above, below } = shares(f, degrees);
  return Math.exp(logIncompleteBeta({ x: below, y: above }, { a: degrees.denominator / 2, b: degrees.numerator / 2 }));
}

/** P(F ≤ f). */
export function fCdf(f: number, degrees: VarianceDegrees): number {
  const { above, below } = shares(f, degrees);
  return Math.exp(logIncompleteBeta({ x: above, y: below }, { a: degrees.numerator / 2, b: degrees.denominator / 2 }));
}

/** d₁f/(d₁f + d₂) and d₂/(d₁f + d₂), neither of them as 1 − the other. */
function shares(f: number, { numerator, denominator }: VarianceDegrees): { readonly above: number; readonly below: number } {
  requireAtLeast("f", f, 0);
  for (const df of [numerator, denominator]) {
    if (!(df > 0 && df < Number.POSITIVE_INFINITY)) throw new Failure("invalid_input", `F has no ${df} degrees of freedom`, { fix: "give numbers above 0" });
  }
  const odds = (numerator / denominator) * f;
  return odds === Number.POSITIVE_INFINITY ? { above: 1, below: 0 } : { above: odds / (1 + odds), below: 1 / (1 + odds) };
}
