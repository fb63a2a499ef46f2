import { Failure } from "../failure/failure.ts";
import { hypergeometricTail, logHypergeometricMass, modeOf, type Urn } from "./hypergeometric.ts";
import { requireCounts } from "./input.ts";

/** Two rows, two columns: the first row holds a hits and b misses, the second c hits and d misses. */
export interface Table {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

export interface Fisher {
  /** P of tables no more likely than this one. */
  readonly twoSided: number;
  /** P(first cell ≤ a): small when the first row hits less. */
  readonly less: number;
  /** P(first cell ≥ a): small when the first row hits more. */
  readonly greater: number;
}

/**
 * Fisher's exact test (1934), conditional on all margins. The two-sided p sums all tables whose probability is at most
 * that of the observed one; two that agree to 1e-7 count as equal. Exact. A table without observations gives 1.
 */
export function fisherExact(table: Table): Fisher {
  const { a, b, c, d } = table;
  requireCounts({ a, b, c, d });
  const urn: Urn = { total: a + b + c + d, marked: a + b, drawn: a + c };
  if (!Number.isSafeInteger(urn.total)) throw new Failure("invalid_input", "the table holds more than 2^53 observations", { fix: "check the counts" });
  return { twoSided: twoSided(a, urn), less: hypergeometricTail(a, urn, -1), greater: hypergeometricTail(a, urn, 1) };
}

function twoSided(a: number, urn: Urn): number {
  const mode = modeOf(urn);
  if (a === mode) return 1;
  const outward = a < mode ? -1 : 1;
  const opposite = outward === 1 ? -1 : 1;
  const limit = logHypergeometricMass(a, urn) + 1e-7;
  // The mass falls from the mode on: find the first table on the other side that is no more likely.
  let unlikely = opposite === 1 ? Math.min(urn.marked, urn.drawn) + 1 : Math.max(0, urn.drawn + urn.marked - urn.total) - 1;
  let likely = outward === 1 ? mode + 1 : mode - 1;
  while (Math.abs(unlikely - likely) > 1) {
    const between = Math.floor((unlikely + likely) / 2);
    if (logHypergeometricMass(between, urn) <= limit) unlikely = between;
    else likely = between;
  }
  return Math.min(1, hypergeometricTail(a, urn, outward) + hypergeometricTail(unlikely, urn, opposite));
}
