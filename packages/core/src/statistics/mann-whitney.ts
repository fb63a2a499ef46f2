import { requireSample } from "./input.ts";
import { normalSurvival, twoSidedP } from "./normal.ts";

export interface MannWhitney {
  /** Pairs in which the first sample's value is larger, ties counted half. */
  readonly u: number;
  /** u over all pairs: the chance that a value of the first is larger. */
  readonly superiority: number;
  /** Standardised with ties and continuity corrected; null, with its p, when all values are equal. */
  readonly z: number | null;
  /** Asymptotic, with continuity correction ½. */
  readonly asymptotic: Tails | null;
  /** Over all ways of dealing the very same values, ties and all, to the two samples; null when there are too many. */
  readonly exact: Tails | null;
  /** Values that another one equals. */
  readonly tied: number;
}

export interface Tails {
  readonly twoSided: number;
  /** Small when the first sample lies higher. */
  readonly greater: number;
  /** Small when it lies lower. */
  readonly less: number;
}

/**
 * The rank test of Wilcoxon (1945), Mann and Whitney (1947). `exact` is the permutation distribution conditional on the
 * ties, two-sided as twice the smaller tail; it is there up to `MANN_WHITNEY_EXACT_WORK` steps, some 45 values an arm.
 * `asymptotic` has σ² = nm/12·[(N + 1) − Σ(t³ − t)/(N(N − 1))].
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney {
  requireSample("the first sample", first);
  requireSample("the second sample", second);
  const groups = tieGroups(first, second);
  const n = first.length;
  const m = second.length;
  const doubledU = doubled(groups);
  const tied = groups.reduce((sum, { a, b }) => sum + (a + b > 1 ? a + b : 0), 0);
  const z = standardised(groups, doubledU / 2, { n, m });
  return {
    u: doubledU / 2,
    superiority: doubledU / 2 / n / m,
    z: z === null ? null : z.twoSided,
    asymptotic: z === null ? null : { twoSided: twoSidedP(z.twoSided), greater: normalSurvival(z.greater), less: normalSurvival(-z.less) },
    exact: exactTails(groups, doubledU, { n, m }),
    tied,
  };
}

/** Beyond this many additions `exact` is left out: about 50 ms. */
export const MANN_WHITNEY_EXACT_WORK = 40_000_000;

/** How many values of either sample are equal to one value, in ascending order of it. */
interface TieGroup {
  readonly a: number;
  readonly b: number;
}

interface Sizes {
  readonly n: number;
  readonly m: number;
}

function tieGroups(first: readonly number[], second: readonly number[]): readonly TieGroup[] {
  const ours = first.toSorted(ascending);
  const theirs = second.toSorted(ascending);
  const groups: TieGroup[] = [];
  let i = 0;
  let j = 0;
  while (i < ours.length || j < theirs.length) {
    const value = Math.min(ours[i] ?? Number.POSITIVE_INFINITY, theirs[j] ?? Number.POSITIVE_INFINITY);
    const [fromI, fromJ] = [i, j];
    while (ours[i] === value) i++;
    while (theirs[j] === value) j++;
    groups.push({ a: i - fromI, b: j - fromJ });
  }
  return groups;
}

/** 2U, a whole number. */
function doubled(groups: readonly TieGroup[]): number {
  let below = 0;
  let sum = 0;
  for (const { a, b } of groups) {
    sum += a * (2 * below + b);
    below += b;
  }
  return sum;
}

function standardised(groups: readonly TieGroup[], u: number, { n, m }: Sizes): Tails | null {
  const total = n + m;
  const ties = groups.reduce((sum, { a, b }) => sum + ((a + b) ** 3 - (a + b)), 0);
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (groups.length < 2) return null;
  const error = Math.sqrt(variance);
  const distance = u - (n * m) / 2;
  return { twoSided: (Math.sign(distance) * Math.max(0, Math.abs(distance) - 0.5)) / error, greater: (distance - 0.5) / error, less: (distance + 0.5) / error };
}

/**
 * Counts, group by group, the ways in which j values of the first sample lie among those seen so far with 2U = s; all
 * terms are positive, so that the far tails keep their digits.
 */
function exactTails(groups: readonly TieGroup[], doubledU: number, { n, m }: Sizes): Tails | null {
  const step = groups.some(({ a, b }) => a + b > 1) ? 1 : 2;
  const size = (2 * n * m) / step + 1;
  const work = groups.reduce((sum, { a, b }) => sum + n * (Math.min(a + b, n) + 1) * size, 0);
  // C(N, n) must stay within a double.
  if (work > MANN_WHITNEY_EXACT_WORK || n + m > 1000) return null;
  let ways = startingWays(n, size);
  let seen = 0;
  for (const { a, b } of groups) {
    ways = dealt(ways, { seen, ties: a + b }, { n, size, step });
    seen += a + b;
  }
  const final = ways[n] as Float64Array;
  const at = doubledU / step;
  let below = 0;
  let above = 0;
  let total = 0;
  for (let s = 0; s < size; s++) total += final[s] as number;
  for (let s = 0; s <= at; s++) below += final[s] as number;
  for (let s = size - 1; s >= at; s--) above += final[s] as number;
  return { twoSided: Math.min(1, (2 * Math.min(below, above)) / total), greater: above / total, less: below / total };
}

function startingWays(n: number, size: number): Float64Array[] {
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(size));
  (ways[0] as Float64Array)[0] = 1;
  return ways;
}

/** One more group of `ties` equal values, of which k go to the first sample: 2U grows by k·(2·(seen − j) + ties − k). */
function dealt(ways: readonly Float64Array[], { seen, ties }: { readonly seen: number; readonly ties: number }, { n, size, step }: { readonly n: number; readonly size: number; readonly step: number }): Float64Array[] {
  const next = Array.from({ length: n + 1 }, () => new Float64Array(size));
  for (let j = 0; j <= Math.min(n, seen); j++) {
    const from = ways[j] as Float64Array;
    let choices = 1;
    for (let k = 0; k <= Math.min(ties, n - j); k++) {
      const shift = (k * (2 * (seen - j) + ties - k)) / step;
      const to = next[j + k] as Float64Array;
      for (let s = 0; s + shift < size; s++) (to[s + shift] as number) += choices * (from[s] as number);
      choices *= (ties - k) / (k + 1);
    }
  }
  return next;
}

function ascending(a: number, b: number): number {
  return a - b;
}
