import { requireSample, requireShare } from "./input.ts";
import { KOLMOGOROV_EXACT_MAX, kolmogorovExactSurvival, kolmogorovSurvival } from "./kolmogorov.ts";

export interface KolmogorovSmirnov {
  /** The largest distance of the two distribution functions: the effect size. Ask for a least one beside p at large n. */
  readonly d: number;
  /** P(D ≥ d), two-sided, exact; null when the samples are too large for it. */
  readonly exact: number | null;
  /** By Kolmogorov's limit distribution at √e·d. Asymptotic. */
  readonly limit: number;
  /** At (√e + 0.12 + 0.11/√e)·d, closer for small samples (Stephens 1970). Asymptotic. */
  readonly stephens: number;
}

/** Up to so many pairs of values the exact p is computed: some milliseconds. */
export const KOLMOGOROV_SMIRNOV_EXACT_PAIRS = 1_000_000;

/**
 * Do two samples come from one distribution? `exact` counts lattice paths (Hodges 1957; Schröer & Trenkler 1995): of all
 * ways of dealing the very same values to the two samples, how many lead to such a distance. So it is exact for data with
 * ties too, where others, who count as if there were none, are conservative.
 */
export function kolmogorovSmirnov(first: readonly number[], second: readonly number[]): KolmogorovSmirnov {
  requireSample("the first sample", first);
  requireSample("the second sample", second);
  const n = first.length;
  const m = second.length;
  const { distance, ends } = largestDistance(first.toSorted(ascending), second.toSorted(ascending));
  const d = distance / (n * m);
  const exact = n * m <= KOLMOGOROV_SMIRNOV_EXACT_PAIRS ? crossingShare(distance, ends, { n, m }) : null;
  return { d, exact, ...asymptotic(d, (n * m) / (n + m)) };
}

/**
 * Does a sample come from a continuous distribution? `positions` are its values put through that distribution's function,
 * each in [0, 1]. Ties have no place in it: a continuous distribution has none.
 */
export function kolmogorovSmirnovOneSample(positions: readonly number[]): KolmogorovSmirnov {
  requireSample("the sample", positions);
  for (const [i, position] of positions.entries()) requireShare(`position ${i}`, position);
  const n = positions.length;
  let d = 0;
  for (const [i, position] of positions.toSorted(ascending).entries()) d = Math.max(d, position - i / n, (i + 1) / n - position);
  return { d, exact: n <= KOLMOGOROV_EXACT_MAX ? kolmogorovExactSurvival(d, n) : null, ...asymptotic(d, n) };
}

/** For a known d and effective size e: n of one sample, nm/(n + m) of two. */
export function asymptotic(d: number, e: number): { readonly limit: number; readonly stephens: number } {
  requireShare("D", d);
  const root = Math.sqrt(e);
  return { limit: kolmogorovSurvival(root * d), stephens: kolmogorovSurvival((root + 0.12 + 0.11 / root) * d) };
}

/** max |i·m − j·n|, whole, and how many values of both lie at or below each distinct value. */
function largestDistance(first: readonly number[], second: readonly number[]): { readonly distance: number; readonly ends: ReadonlySet<number> } {
  const n = first.length;
  const m = second.length;
  const ends = new Set<number>();
  let distance = 0;
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    const value = Math.min(first[i] ?? Number.POSITIVE_INFINITY, second[j] ?? Number.POSITIVE_INFINITY);
    while (first[i] === value) i++;
    while (second[j] === value) j++;
    ends.add(i + j);
    distance = Math.max(distance, Math.abs(i * m - j * n));
  }
  return { distance, ends };
}

/**
 * The share of paths from (0, 0) to (n, m) that reach the distance at the end of a group of ties: from that of the two
 * neighbours, all terms positive, so that small p keep their digits.
 */
function crossingShare(distance: number, ends: ReadonlySet<number>, { n, m }: { readonly n: number; readonly m: number }): number {
  if (distance === 0) return 1;
  const column = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (ends.has(i + j) && Math.abs(i * m - j * n) >= distance) column[j] = 1;
      else if (i === 0) column[j] = j === 0 ? 0 : (column[j - 1] as number);
      else if (j > 0) column[j] = (i * (column[j] as number) + j * (column[j - 1] as number)) / (i + j);
    }
  }
  return column[m] as number;
}

function ascending(a: number, b: number): number {
  return a - b;
}
