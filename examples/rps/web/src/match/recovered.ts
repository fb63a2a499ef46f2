import type { Stats } from "../../../src/http/shapes.ts";
import { beatenBy, beaterOf, type Move, type Result } from "../../../src/rules/moves.ts";
import { scoreOf, type Match, type PlayedRound } from "./match.ts";

type Standing = Extract<Stats, { readonly scope: "game" }>;

/**
 * The match with the one round whose answer was lost on the way: what was sent, and how the score has changed since, say how it
 * went. Null when that is not what happened.
 */
export function recovered(match: Match, standing: Standing): Match | null {
  const { sent, next } = match;
  if (sent === null || next === null || standing.rounds !== match.rounds.length + 1) return null;
  const before = scoreOf(match);
  const userGain = tenths(standing.user_score - before.user);
  const botGain = tenths(standing.bot_score - before.bot);
  const result: Result = userGain > 0 && botGain > 0 ? "draw" : userGain > 0 ? "win" : "lose";
  const round: PlayedRound = { number: next.number, points: next.points, user: sent, bot: BOT_MOVES[result](sent), result, userGain, botGain, userScore: standing.user_score, botScore: standing.bot_score, guess: null, model: null, debug: null };
  return { ...match, rounds: [...match.rounds, round], next: null, winner: standing.winner, sent: null };
}

const BOT_MOVES: Readonly<Record<Result, (user: Move) => Move>> = { win: beatenBy, lose: beaterOf, draw: (user) => user };

/** Scores have one decimal; so has their difference. */
function tenths(points: number): number {
  return Math.round(points * 10) / 10;
}
