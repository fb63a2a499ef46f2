import type { Move, Result } from "../../../src/rules/moves.ts";

export const MOVE_NAMES: Readonly<Record<Move, string>> = { rock: "Rock", paper: "Paper", scissors: "Scissors" };

export const MOVE_KEYS: Readonly<Record<Move, string>> = { rock: "R", paper: "P", scissors: "S" };

/** From the person's side. */
export const RESULT_WORDS: Readonly<Record<Result, string>> = { win: "You win", lose: "You lose", draw: "Draw" };

/** "rock beats scissors", whichever side played it. */
export const BEATS: Readonly<Record<Move, string>> = { rock: "rock blunts scissors", paper: "paper wraps rock", scissors: "scissors cut paper" };

export const MODEL_NAMES: Readonly<Record<string, string>> = { feedforward_nn: "Neural network", xgboost: "Boosted trees", multinomial_logistic: "Logistic regression" };

export const SOURCE_WORDS = {
  opening: "a rehearsed opening",
  model: "the model",
  fallback: "no model was there, so all moves looked alike",
  legacy_fallback: "the model failed, and a player of habits stepped in",
} as const;
