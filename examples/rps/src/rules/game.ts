import { resultOf, type Move, type Result } from "./moves.ts";
import { POINT, pointsOf, type RoundPoints } from "./round-points.ts";

/** One round as it was played; scores are those after it, in tenths of a point. */
export interface Round {
  /** From 1. */
  readonly number: number;
  readonly points: RoundPoints;
  readonly user: Move;
  readonly bot: Move;
  readonly result: Result;
  readonly userScore: number;
  readonly botScore: number;
}

export interface Score {
  readonly user: number;
  readonly bot: number;
}

/** Tenths of a point that end a game. */
export const WINNING_SCORE: number = 10 * POINT;
const DRAW_POINTS = 5;

/** The next round of a game. */
export function playRound(before: Score, round: { readonly number: number; readonly points: RoundPoints; readonly user: Move; readonly bot: Move }): Round {
  const result = resultOf(round.user, round.bot);
  const after = scoreWith(before, { ...round, result });
  return { ...round, result, userScore: after.user, botScore: after.bot };
}

/** A win brings the points of the own move, a draw half a point to each side. */
export function scoreWith(before: Score, { points, user, bot, result }: Pick<Round, "points" | "user" | "bot" | "result">): Score {
  switch (result) {
    case "win":
      return { user: before.user + pointsOf(points, user), bot: before.bot };
    case "lose":
      return { user: before.user, bot: before.bot + pointsOf(points, bot) };
    case "draw":
      return { user: before.user + DRAW_POINTS, bot: before.bot + DRAW_POINTS };
  }
}

export function scoreAfter(rounds: readonly Round[]): Score {
  const last = rounds.at(-1);
  return { user: last?.userScore ?? 0, bot: last?.botScore ?? 0 };
}

/** Null while the game goes on. Where both reach the end in one round, the higher score wins. */
export function winnerOf({ user, bot }: Score): "user" | "bot" | "tie" | null {
  if (user < WINNING_SCORE && bot < WINNING_SCORE) return null;
  return user > bot ? "user" : bot > user ? "bot" : "tie";
}
