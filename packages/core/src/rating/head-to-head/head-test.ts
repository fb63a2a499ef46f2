import { momentsOf } from "../../statistics/sequential/constrained-likelihood.ts";
import { scoreOfElo, tOfNormalizedElo } from "../../statistics/sequential/elo.ts";
import { logLikelihoodRatio, type GsprtRule } from "../../statistics/sequential/gsprt.ts";
import { NO_RECORDS, overshootOf, recordLlr, type Overshoot, type OvershootRecord } from "../../statistics/sequential/overshoot.ts";
import type { WatchedTest } from "../../statistics/sequential/sprt-estimate.ts";
import type { HeadCounts, HeadUnit } from "./head-to-head.ts";

/** The hypotheses of a test of two participants, and how often it may err. */
export type HeadRule = Pick<GsprtRule, "elo0" | "elo1" | "scale" | "alpha" | "beta">;

export interface HeadTest {
  /** Log-likelihood ratio of "at least elo1" against "at most elo0". */
  readonly llr: number;
  readonly lower: number;
  readonly upper: number;
  readonly status: "pass" | "fail" | "continue";
  /** Points per game. */
  readonly score: number;
  readonly games: number;
}

/**
 * The generalised sequential probability ratio test of `gsprt` on all results of two participants: pairs as pairs
 * (pentanomial), single games by themselves (trinomial). Both ask the same of the points per game and are of different
 * games, so that their log-likelihood ratios add up. null while every game was drawn: no variance is no certainty; wins or
 * losses alone are a binomial sequence, and say much. Asymptotic; Wald's bounds, moved inwards by the overshoot.
 */
export function headTest(head: HeadCounts, rule: HeadRule, overshoot: Overshoot | null): HeadTest | null {
  const { singles, pairs } = head;
  const games = singles.wins + singles.draws + singles.losses + 2 * pairs.reduce((sum, count) => sum + count, 0);
  const allDrawn = singles.wins === 0 && singles.losses === 0 && pairs[0] === 0 && pairs[1] === 0 && pairs[3] === 0 && pairs[4] === 0;
  if (games === 0 || allDrawn) return null;
  const llr = llrOf([singles.losses, singles.draws, singles.wins], rule) + llrOf(pairs, rule);
  const lower = Math.log(rule.beta / (1 - rule.alpha)) + (overshoot?.lower ?? 0);
  const upper = Math.log((1 - rule.beta) / rule.alpha) - (overshoot?.upper ?? 0);
  return { llr, lower, upper, status: llr >= upper ? "pass" : llr <= lower ? "fail" : "continue", score: scoreOf(head) ?? 0.5, games };
}

/**
 * The test as its estimate needs it: what both sorts of results say of the points per game. On the normalised scale the
 * hypotheses are in deviations of the sort that says more. null where one sort has no variance.
 */
export function watchedTest({ singles, pairs }: HeadCounts, { elo0, elo1, scale, alpha, beta }: HeadRule, llr: number): WatchedTest | null {
  const sorts = [[singles.losses, singles.draws, singles.wins], pairs].map(sortOf).filter((sort) => sort !== null);
  const most = sorts.toSorted((a, b) => b.information - a.information)[0];
  if (most === undefined || sorts.some(({ deviation }) => deviation === 0)) return null;
  const score = (elo: number): number => (scale === "logistic" ? scoreOfElo(elo) : 0.5 + tOfNormalizedElo(elo, most.gamesPerUnit) * most.deviation);
  return { s0: score(elo0), s1: score(elo1), information: sorts.reduce((sum, { information }) => sum + information, 0), llr, lower: Math.log(beta / (1 - alpha)), upper: Math.log((1 - beta) / alpha) };
}

function sortOf(counts: readonly number[]): { readonly information: number; readonly deviation: number; readonly gamesPerUnit: 1 | 2 } | null {
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (n === 0) return null;
  const { deviation } = momentsOf(counts.map((_, index) => index / (counts.length - 1)), counts.map((count) => count / n));
  return { information: n / (deviation * deviation), deviation, gamesPerUnit: counts.length === 5 ? 2 : 1 };
}

/** Points per game; null before the first. */
export function scoreOf({ singles, pairs }: HeadCounts): number | null {
  const games = singles.wins + singles.draws + singles.losses + 2 * pairs.reduce((sum, count) => sum + count, 0);
  if (games === 0) return null;
  const halves = 2 * singles.wins + singles.draws + pairs.reduce((sum, count, index) => sum + count * index, 0);
  return halves / 2 / games;
}

/**
 * What the test's bounds may move inwards, by the path of these results: the log-likelihood ratio is taken after each of
 * them. Results must come in an order that every node has, for the path depends on it.
 */
export function headOvershoot(units: Iterable<HeadUnit>, rule: HeadRule): Overshoot {
  let overshoot = overshootOf(NO_RECORDS);
  let results = 0;
  for (const step of walk(units, rule)) {
    overshoot = step.overshoot;
    if (++results === RECORDED_MAX) break;
  }
  return overshoot;
}

/** How a path jumps is a matter of its results' distribution: so many tell, and a million more would take seconds. */
const RECORDED_MAX = 20_000;

/** Where the test stood after so many games. */
export interface HeadPoint {
  readonly games: number;
  readonly llr: number;
  readonly lower: number;
  readonly upper: number;
}

/** The way of the test, result by result: its last point is what `headTest` says of all of them with their overshoot. */
export function headPath(units: Iterable<HeadUnit>, rule: HeadRule): readonly HeadPoint[] {
  const lower = Math.log(rule.beta / (1 - rule.alpha));
  const upper = Math.log((1 - rule.beta) / rule.alpha);
  return [...walk(units, rule)].map(({ games, llr, overshoot }) => ({ games, llr, lower: lower + overshoot.lower, upper: upper - overshoot.upper }));
}

function* walk(units: Iterable<HeadUnit>, rule: HeadRule): Generator<{ readonly games: number; readonly llr: number; readonly overshoot: Overshoot }> {
  const counts = { single: [0, 0, 0], pair: [0, 0, 0, 0, 0] };
  const llrs = { single: 0, pair: 0 };
  let games = 0;
  let results = 0;
  let record: OvershootRecord = NO_RECORDS;
  for (const { kind, halves } of units) {
    counts[kind][halves]!++;
    games += kind === "pair" ? 2 : 1;
    llrs[kind] = llrOf(counts[kind], rule);
    if (++results <= RECORDED_MAX) record = recordLlr(record, llrs.single + llrs.pair);
    yield { games, llr: llrs.single + llrs.pair, overshoot: overshootOf(record) };
  }
}

function llrOf(counts: readonly number[], rule: HeadRule): number {
  return counts.every((count) => count === 0) ? 0 : logLikelihoodRatio(counts, rule);
}
