import { requireHits, requireShare } from "./input.ts";
import { logIncompleteBeta } from "./beta.ts";
import { logBinomialMass } from "./saddle-point.ts";

// X ~ Binomial(n, p), k whole in 0 … n, n ≥ 1. Tails by the incomplete beta function (DLMF 8.17.5); exact.

/** P(X = k). */
export function binomialMass(k: number, n: number, p: number): number {
  return Math.exp(logBinomial(k, n, p));
}

/** ln P(X = k). */
export function logBinomial(k: number, n: number, p: number): number {
  requireArguments(k, n, p);
  return logBinomialMass(k, n - k, { p, q: 1 - p });
}

/** P(X ≤ k). */
export function binomialCdf(k: number, n: number, p: number): number {
  return Math.exp(logBinomialCdf(k, n, p));
}

/** P(X > k). */
export function binomialSurvival(k: number, n: number, p: number): number {
  return Math.exp(logBinomialSurvival(k, n, p));
}

/** ln P(X ≤ k). */
export function logBinomialCdf(k: number, n: number, p: number): number {
  requireArguments(k, n, p);
  return k === n ? 0 : logIncompleteBeta({ x: 1 - p, y: p }, { a: n - k, b: k + 1 });
}

/** ln P(X > k). */
export function logBinomialSurvival(k: number, n: number, p: number): number {
  requireArguments(k, n, p);
  return k === n ? Number.NEGATIVE_INFINITY : logIncompleteBeta({ x: p, y: 1 - p }, { a: k + 1, b: n - k });
}

function requireArguments(k: number, n: number, p: number): void {
  requireHits("a binomial", { hits: k, of: n });
  requireShare("p", p);
}
