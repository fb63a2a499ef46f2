import { Failure } from "../../failure/failure.ts";
import { requireAtLeast, requireCountList, requireInside } from "../input.ts";
import { likeliestWithMean, likeliestWithT, momentsOf, type ScoreDistribution } from "./constrained-likelihood.ts";
import { scoreOfElo, tOfNormalizedElo } from "./elo.ts";
import type { Nothing } from "./evidence.ts";
import type { Overshoot } from "./overshoot.ts";

export interface GsprtRule {
  /** The hypotheses in Elo: "not better than elo0" against "at least elo1"; elo0 < elo1. */
  readonly elo0: number;
  readonly elo1: number;
  readonly scale: "logistic" | "normalized";
  /** Chance to pass at elo0, and to fail at elo1. */
  readonly alpha: number;
  readonly beta: number;
  /** Games (or pairs) before which the likelihoods are not to be trusted. */
  readonly burnIn: number;
}

export interface Gsprt {
  readonly kind: "gsprt";
  readonly guarantee: "asymptotic";
  readonly llr: number;
  readonly lower: number;
  readonly upper: number;
  readonly status: "pass" | "fail" | "continue";
  /** Score per unit, in 0 … 1. */
  readonly mean: number;
  readonly deviation: number;
  /** Games, or pairs of games. */
  readonly n: number;
}

/**
 * Generalised sequential probability ratio test of match results. `counts` are losses, draws, wins (trinomial) or the
 * five scores 0, ½ … 2 of a pair of games with colours swapped (pentanomial), which is the right unit when pairs are
 * played. LLR = N·Σ p̂ᵢ·ln(p₁ᵢ/p₀ᵢ) with the most likely distributions of each hypothesis (Van den Bergh 2019); results
 * that never occurred count 0.001. Wald's bounds ln(β/(1−α)) and ln((1−β)/α). Asymptotic: the test is trustworthy after
 * a burn-in only, and results without variance, such as draws alone, say nothing.
 *
 * `overshoot` moves the bounds inwards by what the LLR is expected to jump beyond them; without it the bounds stay Wald's, which is the careful choice.
 */
export function gsprt(counts: readonly number[], rule: GsprtRule, overshoot: Overshoot | null): Gsprt | Nothing {
  requireRule(counts, rule);
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (n === 0) return { kind: "nothing", because: "no game was played" };
  if (counts.filter((count) => count > 0).length < 2) return { kind: "nothing", because: "all results are the same, and no variance is no certainty" };
  if (n < rule.burnIn) return { kind: "nothing", because: `the burn-in of ${rule.burnIn} results is not over: ${n} so far` };
  const llr = logLikelihoodRatio(counts, rule);
  const lower = Math.log(rule.beta / (1 - rule.alpha)) + (overshoot?.lower ?? 0);
  const upper = Math.log((1 - rule.beta) / rule.alpha) - (overshoot?.upper ?? 0);
  const { scores, shares } = observed(counts);
  return { kind: "gsprt", guarantee: "asymptotic", llr, lower, upper, status: llr >= upper ? "pass" : llr <= lower ? "fail" : "continue", ...momentsOf(scores, shares), n };
}

/** The LLR alone, of counts that were checked. */
export function logLikelihoodRatio(counts: readonly number[], { elo0, elo1, scale }: Pick<GsprtRule, "elo0" | "elo1" | "scale">): number {
  const { n, ...seen } = observed(counts);
  const gamesPerUnit = counts.length === 5 ? 2 : 1;
  const likeliest = (elo: number): readonly number[] => (scale === "logistic" ? likeliestWithMean(seen, scoreOfElo(elo)) : likeliestWithT(seen, tOfNormalizedElo(elo, gamesPerUnit)));
  const under0 = likeliest(elo0);
  const under1 = likeliest(elo1);
  let llr = 0;
  for (let i = 0; i < seen.shares.length; i++) llr += (seen.shares[i] as number) * Math.log((under1[i] as number) / (under0[i] as number));
  return n * llr;
}

/** What has not occurred counts a thousandth of a result, so that every likelihood exists. */
const UNSEEN = 1e-3;

function observed(counts: readonly number[]): ScoreDistribution & { readonly n: number } {
  let n = 0;
  for (const count of counts) n += count === 0 ? UNSEEN : count;
  const last = counts.length - 1;
  return { n, scores: counts.map((_, i) => i / last), shares: counts.map((count) => (count === 0 ? UNSEEN : count) / n) };
}

function requireRule(counts: readonly number[], { elo0, elo1, alpha, beta, burnIn }: GsprtRule): void {
  if (counts.length !== 3 && counts.length !== 5) throw new Failure("invalid_input", `results have ${counts.length} counts`, { fix: "give losses, draws, wins, or the five scores of game pairs" });
  requireCountList("the count of result", counts);
  requireInside("alpha", alpha);
  requireInside("beta", beta);
  requireInside("alpha + beta", alpha + beta);
  requireAtLeast("the burn-in", burnIn, 0);
  if (!(Math.abs(elo0) < 2000 && Math.abs(elo1) < 2000 && elo0 < elo1)) throw new Failure("invalid_input", `elo0 ${elo0} and elo1 ${elo1} are no two hypotheses`, { fix: "give elo0 below elo1" });
}
