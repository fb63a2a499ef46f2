import { Failure } from "../../failure/failure.ts";

/** Expected score of a logistic Elo difference: 1/(1 + 10^(−elo/400)). */
export function scoreOfElo(elo: number): number {
  if (!Number.isFinite(elo)) throw new Failure("invalid_input", `${elo} is no Elo difference`, { fix: "give a finite number" });
  return 1 / (1 + 10 ** (-elo / 400));
}

/** Its inverse; null at a score of 0 or 1, where Elo has no end. */
export function eloOfScore(score: number): number | null {
  if (!(score >= 0 && score <= 1)) throw new Failure("invalid_input", `${score} is no score`, { fix: "give a number from 0 to 1" });
  return score === 0 || score === 1 ? null : -400 * Math.log10(1 / score - 1);
}

/** Normalised Elo of one game is t·800/ln 10, with t = (μ − ½)/σ; a pair of games has √2 times the t of a game. */
export function tOfNormalizedElo(elo: number, gamesPerUnit: 1 | 2): number {
  if (!Number.isFinite(elo)) throw new Failure("invalid_input", `${elo} is no Elo difference`, { fix: "give a finite number" });
  return (elo * Math.LN10 * Math.sqrt(gamesPerUnit)) / 800;
}
