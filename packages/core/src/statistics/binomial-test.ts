import { binomialCdf, binomialSurvival, logBinomial } from "./binomial.ts";
import { type Hits, requireHits, requireShare } from "./input.ts";

export interface BinomialTest {
  /** P of counts no more likely than this one. */
  readonly twoSided: number;
  /** P(X ≤ hits). */
  readonly less: number;
  /** P(X ≥ hits). */
  readonly greater: number;
}

/**
 * Is the share `p`? Exact. The two-sided p sums all counts whose probability is at most that of the observed one; two that
 * agree to 1e-7 count as equal.
 */
export function binomialTest(observed: Hits, p: number): BinomialTest {
  requireHits("the binomial test", observed);
  requireShare("p", p);
  const { hits, of } = observed;
  return { twoSided: twoSided(observed, p), less: binomialCdf(hits, of, p), greater: atLeast(hits, of, p) };
}

function twoSided({ hits, of }: Hits, p: number): number {
  const mode = Math.min(of, Math.floor((of + 1) * p));
  if (hits === mode) return 1;
  const limit = logBinomial(hits, of, p) + 1e-7;
  if (logBinomial(mode, of, p) <= limit) return 1;
  const above = hits > mode;
  // The mass falls from the mode on: find the first count on the other side that is no more likely.
  let unlikely = above ? -1 : of + 1;
  let likely = mode;
  while (Math.abs(unlikely - likely) > 1) {
    const between = Math.floor((unlikely + likely) / 2);
    if (logBinomial(between, of, p) <= limit) unlikely = between;
    else likely = between;
  }
  const low = above ? unlikely : hits;
  const high = above ? hits : unlikely;
  return Math.min(1, (low < 0 ? 0 : binomialCdf(low, of, p)) + (high > of ? 0 : atLeast(high, of, p)));
}

function atLeast(hits: number, of: number, p: number): number {
  return hits === 0 ? 1 : binomialSurvival(hits - 1, of, p);
}
