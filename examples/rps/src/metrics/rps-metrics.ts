import type { ModelType } from "../policies/bot-policy.ts";
import type { Move, Result } from "../rules/moves.ts";
import type { Slot } from "../serving/slots.ts";

/** The game that something happened in. What happens in a test game is counted nowhere. */
export interface CountedGame {
  /** "brian". */
  readonly policy: string;
  readonly modelType: ModelType;
  readonly alias: Slot;
  readonly isTest: boolean;
}

export interface ModelSlot {
  readonly modelType: ModelType;
  readonly alias: Slot;
}

/** What one slot thought of the user's next move. */
export interface Guess {
  readonly alias: Slot;
  readonly version: string;
  /** The likeliest move. */
  readonly move: Move;
  /** The chance that was given to it, a part of 1. */
  readonly confidence: number;
}

export interface TrainedFacts {
  /** Share of moves that it guessed right, of rows that it had not learned from; a part of 1. */
  readonly accuracy: number;
  /** How many rows those were. */
  readonly rows: number;
  /** Milliseconds since the Unix epoch. */
  readonly trainedAt: number;
}

export type FallbackReason = "fallback" | "forced_fallback" | "legacy_fallback" | "mlflow_error" | "load_failed";

/**
 * What the platform counts, for /metrics. Counters are those of this process and begin at 0 with it; what the ledger knows
 * (promotions, ranks, games since a swap) is read from it for each page, so that it survives restarts and is the same in
 * every replica. But for `page`, no method waits or throws.
 */
export interface RpsMetrics {
  /** A game was given one of the two playing slots. */
  assigned(game: CountedGame): void;
  /** Every round, the opening too. `result` is the user's. */
  roundPlayed(game: CountedGame, result: Result): void;
  /** The bot's move after the opening, and where the chances came from that it was chosen by. */
  botMoved(game: CountedGame, chosen: { readonly move: Move; readonly source: "model" | "fallback" | "legacy_fallback" }): void;
  /** After a round that models guess, from the fourth on: the guesses of all slots that have a model, and what the user played. */
  guessed(game: CountedGame, round: { readonly user: Move; readonly guesses: readonly Guess[] }): void;
  gameFinished(game: CountedGame, winner: "user" | "bot" | "tie"): void;
  /** No model, or one that failed. */
  fallback(modelType: ModelType, reason: FallbackReason): void;
  /** A slot now serves this version. `trained` is what its training says of it; null where that is not known. */
  modelLoaded(slot: ModelSlot, loaded: { readonly version: string; readonly source: "memory" | "cache" | "registry"; readonly seconds: number; readonly trained: TrainedFacts | null }): void;
  modelUnloaded(slot: ModelSlot): void;
  loadFailed(slot: ModelSlot): void;
  /** Not tried, because a failure is too recent. */
  loadSkipped(slot: ModelSlot): void;
  /** Whether asking the registry which version an alias has was answered. */
  registryResolved(slot: ModelSlot, result: "found" | "missing" | "failed"): void;
  trainingCompleted(training: { readonly modelType: ModelType; readonly status: "success" | "failure"; readonly durationSeconds: number | null }): void;
  /** A call was refused, because its address made too many of them. */
  limited(path: string): void;
  /** The page in Prometheus' text format. Waits for the ledger; while that can't be read, what comes from it is absent. */
  page(): Promise<{ readonly contentType: string; readonly body: string }>;
}
