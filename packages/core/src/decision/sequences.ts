import { upperBound } from "../evidence/histogram.ts";
import type { Histogram, Rate } from "../evidence/statistic.ts";
import { pairedPrecisionDifference } from "../statistics/paired-precision.ts";
import { asymptoticSequence } from "../statistics/sequential/asymptotic-sequence.ts";
import { binomialEvidence, concentrationFor } from "../statistics/sequential/binomial-evidence.ts";
import { rateSequence } from "../statistics/sequential/rate-sequence.ts";
import { recallDifferenceEvidence, recallRatioEvidence } from "../statistics/sequential/recall-evidence.ts";

/**
 * Intervals that hold at every look together, for a policy that is watched all the time. Each is the set of values that
 * its evidence has never refuted at half of alpha on either side.
 */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Watching {
  readonly alpha: number;
  /** The number of observations at which the interval is to be narrowest; a matter of power, never of validity. */
  readonly tunedAt: number;
}

/** The ratio of recalls on the same positives, between 1/100 and 100. Exact. */
export function recallRatioSequence(cells: readonly number[], { alpha }: Watching): Bounds {
  const limit = Math.log(2 / alpha);
  const lowest = (from: readonly number[]) => Math.exp(lastTrue({ from: Math.log(0.01), to: Math.log(100), holds: (log) => recallRatioEvidence(from, Math.exp(log)).logE >= limit }));
  return { low: lowest(cells), high: 1 / lowest(swapped(cells)) };
}

/** Challenger's recall − champion's, on the same positives. Exact. */
export function recallDifferenceSequence(cells: readonly number[], { alpha }: Watching): Bounds {
  const limit = Math.log(2 / alpha);
  const lowest = (from: readonly number[]) => lastTrue({ from: -0.999, to: 0.999, holds: (margin) => recallDifferenceEvidence(from, margin).logE >= limit });
  return { low: lowest(cells), high: -lowest(swapped(cells)) };
}

/** Of its rarer outcome (mostly false alarms) each version needs so many before the asymptotic sequence says anything. */
const RARER_MIN = 20;

/**
 * Challenger's precision − champion's, on the same requests; null before either flagged anything. Half of alpha goes to the
 * exact sequences of both precisions, which ignore that they are paired, and half to the asymptotic one of the paired
 * difference, which holds only after enough false alarms; the narrower bound counts. Asymptotic.
 */
export function precisionSequence(cells: readonly number[], { alpha, tunedAt }: Watching): Bounds | null {
  const [, fp01 = 0, fp10 = 0, fp11 = 0, , tp01 = 0, tp10 = 0, tp11 = 0] = cells;
  const champion = { hits: tp10 + tp11, n: fp10 + fp11 + tp10 + tp11 };
  const challenger = { hits: tp01 + tp11, n: fp01 + fp11 + tp01 + tp11 };
  if (champion.n === 0 || challenger.n === 0) return null;
  const exact = rateDifferenceSequence(champion, challenger, { alpha: alpha / 2, tunedAt });
  if (Math.min(champion.hits, champion.n - champion.hits, challenger.hits, challenger.n - challenger.hits) < RARER_MIN) return exact;
  const found = pairedPrecisionDifference(cells, 0.95);
  const n = cells.reduce((sum, count) => sum + count, 0);
  const sequence = asymptoticSequence({ value: found.difference, standardError: found.standardError, n }, { alpha: alpha / 2, tunedAt, burnIn: 0, side: "two", nullValue: 0 });
  if (sequence.kind === "nothing" || sequence.low === null || sequence.high === null) return exact;
  return { low: Math.max(exact.low, sequence.low), high: Math.min(exact.high, sequence.high) };
}

/** Challenger's rate − champion's, of different requests: half of alpha for each arm (Bonferroni). Exact. */
export function rateDifferenceSequence(champion: Pick<Rate, "hits" | "n">, challenger: Pick<Rate, "hits" | "n">, { alpha, tunedAt }: Watching): Bounds {
  const rule = { alpha: alpha / 2, tunedAt };
  const a = rateSequence({ hits: champion.hits, of: champion.n }, rule);
  const b = rateSequence({ hits: challenger.hits, of: challenger.n }, rule);
  return { low: b.low - a.high, high: b.high - a.low };
}

/**
 * Challenger's rate over the champion's, of different requests, as the difference above. Exact. `high` is Infinity while the
 * champion's rate can't be told from 0.
 */
export function rateRatioSequence(champion: Pick<Rate, "hits" | "n">, challenger: Pick<Rate, "hits" | "n">, { alpha, tunedAt }: Watching): Bounds {
  const rule = { alpha: alpha / 2, tunedAt };
  const a = rateSequence({ hits: champion.hits, of: champion.n }, rule);
  const b = rateSequence({ hits: challenger.hits, of: challenger.n }, rule);
  return { low: b.low / a.high, high: a.low === 0 ? Number.POSITIVE_INFINITY : b.high / a.low };
}

/**
 * A quantile: below `low` surely too few values lie, and up to `high` surely enough. Counts at bucket edges are exact, and
 * a larger count only adds to the evidence, so no correction for the number of edges is needed. null on the side that the data don't reach.
 */
export function quantileSequence(histogram: Histogram, q: number, { alpha, tunedAt }: Watching): { readonly low: number; readonly high: number | null } {
  const limit = Math.log(2 / alpha);
  const concentration = concentrationFor(tunedAt, alpha);
  const speaks = (hits: number, side: "less" | "greater") => binomialEvidence({ hits, misses: histogram.n - hits }, { share: q, side, concentration }).logE >= limit;
  let low = 0;
  let upTo = histogram.zeros;
  for (const [index, count] of histogram.buckets) {
    // Up to the lower edge of this bucket lie as many as up to the one before.
    if (speaks(upTo, "less")) low = upperBound(index - 1);
    upTo += count;
    if (speaks(upTo, "greater")) return { low, high: upperBound(index) };
  }
  return { low, high: null };
}

/** Champion and challenger exchanged: bit 2 is the champion's answer, bit 1 the challenger's. */
function swapped(cells: readonly number[]): readonly number[] {
  return cells.map((_, index) => cells[(index & 4) | ((index & 1) << 1) | ((index & 2) >> 1)] ?? 0);
}

/** Where a condition that holds up to some point stops to hold, by bisection; `from` when it never holds. */
function lastTrue({ from, to, holds }: { readonly from: number; readonly to: number; readonly holds: (x: number) => boolean }): number {
  if (!holds(from)) return from;
  let low = from;
  let high = to;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
