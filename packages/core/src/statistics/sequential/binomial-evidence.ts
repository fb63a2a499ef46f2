import { Failure } from "../../failure/failure.ts";
import { requireCounts, requireInside } from "../input.ts";
import { logBinomialMass } from "../saddle-point.ts";
import { logBetaTail } from "./beta-tail.ts";
import { evidenceOf, type Evidence, type Side } from "./evidence.ts";

export interface BinomialNull {
  /** The share of hits under the null hypothesis, in (0, 1). */
  readonly share: number;
  readonly side: Side;
  /** How strongly the mixture gathers around the null, as a number of observations; see `concentrationFor`. */
  readonly concentration: number;
}

/**
 * Evidence that hits come more often (less often, otherwise) than the null says: the likelihood ratio averaged over
 * Beta(c·p, c·(1 − p)), which for a one-sided null is cut off at p (Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021,
 * beta-binomial mixture):
 *   E = ∫_{θ>p} θ^(a+h−1)(1−θ)^(b+m−1) dθ / ∫_{θ>p} θ^(a−1)(1−θ)^(b−1) dθ / (p^h (1−p)^m).
 * Exact. One-sided, it is a supermartingale for every null at or below p, also when the share drifts from one observation
 * to the next in whatever dependence on the past. A function of two counts only, hence order-free and mergeable.
 */
export function binomialEvidence(counts: { readonly hits: number; readonly misses: number }, hypothesis: BinomialNull): Evidence {
  requireCounts(counts);
  return evidenceOf(logBinomialEvidence(counts, hypothesis), "exact");
}

/** ln E for real counts ≥ 0; 0 without observations. */
export function logBinomialEvidence({ hits, misses }: { readonly hits: number; readonly misses: number }, { share, side, concentration }: BinomialNull): number {
  requireInside("the null share", share);
  requireConcentration(concentration);
  if (side === "less") return logBinomialEvidence({ hits: misses, misses: hits }, { share: 1 - share, side: "greater", concentration });
  if (hits + misses === 0) return 0;
  const odds = { p: share, q: 1 - share };
  const a = concentration * odds.p;
  const b = concentration * odds.q;
  const cut = side === "two" ? 0 : logBetaTail({ x: odds.p, y: odds.q }, { a: a + hits, b: b + misses }) - logBetaTail({ x: odds.p, y: odds.q }, { a, b });
  return logMarginal(a + hits, b + misses, odds) - logMarginal(a, b, odds) + cut;
}

/** ln of B(x, y)/(p^x q^y), as a binomial mass: log-gammas of large counts would cancel. */
function logMarginal(x: number, y: number, odds: { readonly p: number; readonly q: number }): number {
  return -logBinomialMass(x, y, odds) - Math.log((x / (x + y)) * y);
}

/**
 * The concentration with which the mixture needs least evidence at about `n` observations and this alpha:
 * n/(2·ln(1/α) + ln(1 + 2·ln(1/α))) − 1, at least 0.001. It is a matter of power only; any value keeps the promise,
 * as long as it is fixed before the data.
 */
export function concentrationFor(n: number, alpha: number): number {
  requireInside("alpha", alpha);
  if (!(n > 0 && n < Number.POSITIVE_INFINITY)) throw new Failure("invalid_input", `a test can't be tuned to ${n} observations`, { fix: "give the number of observations at which it should be strongest" });
  return Math.max(n / tuning(alpha) - 1, 1e-3);
}

/** 2·ln(1/α) + ln(1 + 2·ln(1/α)): n over it is the best ρ of a normal mixture (Howard et al. 2021, §3.5). */
export function tuning(alpha: number): number {
  const doubled = -2 * Math.log(alpha);
  return doubled + Math.log1p(doubled);
}

export function requireConcentration(concentration: number): void {
  if (!(concentration >= 1e-6 && concentration <= 1e12)) throw new Failure("invalid_input", `a concentration of ${concentration} is no number of observations`, { fix: "give a number from 0.000001 up, such as 100" });
}
