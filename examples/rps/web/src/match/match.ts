import type { ModelInfo, PlayAnswer, PlayDebug } from "../../../src/http/shapes.ts";
import { MOVES, type Move, type Result } from "../../../src/rules/moves.ts";
import type { OpponentName } from "../opponents/opponents.ts";

export const WINNING_SCORE = 10;
/** Rounds in which the bot plays moves it rehearsed: there is no guess. */
export const OPENING_ROUNDS = 3;

export type PerMove = Readonly<Record<Move, number>>;
type Winner = "user" | "bot" | "tie";

/** Points with one decimal. */
export interface PlayedRound {
  /** From 1. */
  readonly number: number;
  readonly points: PerMove;
  readonly user: Move;
  readonly bot: Move;
  readonly result: Result;
  readonly userGain: number;
  readonly botGain: number;
  /** After this round. */
  readonly userScore: number;
  readonly botScore: number;
  /** What the bot expected before it saw the move; null in the opening, and without a model. */
  readonly guess: { readonly move: Move; readonly probabilities: PerMove } | null;
  /** Null when the answer was lost on the way, and the round was told from the score. */
  readonly model: ModelInfo | null;
  /** Null unless the token was sent. */
  readonly debug: PlayDebug | null;
}

export interface Match {
  readonly gameId: string;
  readonly sessionId: string;
  readonly playerName: string;
  readonly opponent: OpponentName;
  readonly rounds: readonly PlayedRound[];
  /** What the moves of the next round are worth; null while that is asked for, and after the end. */
  readonly next: { readonly number: number; readonly points: PerMove } | null;
  readonly winner: Winner | null;
  /** A move whose answer has not come. */
  readonly sent: Move | null;
}

export function afterRound(match: Match, answer: PlayAnswer): Match {
  const round: PlayedRound = {
    number: answer.round,
    points: answer.round_points,
    user: answer.user_move,
    bot: answer.bot_move,
    result: answer.result,
    userGain: answer.user_delta,
    botGain: answer.bot_delta,
    userScore: answer.user_score,
    botScore: answer.bot_score,
    guess: answer.guess,
    model: answer.model_info,
    debug: answer.debug,
  };
  return { ...match, rounds: [...match.rounds, round], next: null, winner: answer.winner, sent: null };
}

export function scoreOf({ rounds }: Pick<Match, "rounds">): { readonly user: number; readonly bot: number } {
  const last = rounds.at(-1);
  return { user: last?.userScore ?? 0, bot: last?.botScore ?? 0 };
}

/** How often the move the bot expected was the one that was played. */
export function guessedRight({ rounds }: Pick<Match, "rounds">): { readonly right: number; readonly of: number } {
  const guesses = rounds.filter(({ guess }) => guess !== null);
  return { right: guesses.filter(wasGuessed).length, of: guesses.length };
}

export function wasGuessed({ guess, user }: Pick<PlayedRound, "guess" | "user">): boolean {
  return guess?.move === user;
}

/** The move that is worth most in a round. */
export function richest(points: PerMove): Move {
  return MOVES.reduce((best, move) => (points[move] > points[best] ? move : best));
}
