import type { ModelType } from "../policies/bot-policy.ts";
import type { Move, Result } from "../rules/moves.ts";
import type { Slot } from "../serving/slots.ts";
import type { PromotionEvent } from "../promotion/promotion-event.ts";

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

/** What a version was right about of rows that it had not learned from, when it was trained. */
export interface TrainedAccuracy {
  /** Part of 1. */
  readonly accuracy: number;
  readonly rows: number;
}

/**
 * What the platform counts, for /metrics. Counters are those of this process and begin at 0 with it; what the ledger knows
 * (promotions, ranks, games since a swap) is read from it at each page, so that it survives restarts and is the same in
 * every replica. No method waits or throws.
 */
export interface RpsMetrics {
  /** A game was given one of the two playing slots. */
  assigned(game: CountedGame): void;
  /** Every round, the opening too. `result` is the user's. */
  roundPlayed(game: CountedGame, result: Result): void;
  /** The bot's move was chosen by a model, after the opening. */
  predicted(game: CountedGame, move: Move): void;
  /** One slot's guess of the user's move, of a round after the third: told once for each of the four slots that had a model. */
  guessed(game: CountedGame, guess: ModelSlot & { readonly version: string; readonly isRight: boolean }): void;
  gameFinished(game: CountedGame, winner: "user" | "bot" | "tie"): void;
  /** Where the chances of a bot's move came from. */
  answered(game: CountedGame, source: "model" | "fallback" | "legacy_fallback"): void;
  /** No model, or one that failed. */
  fallback(modelType: ModelType, reason: FallbackReason): void;
  /** A slot now serves this version, whether it was read from memory, the cache or the registry. */
  modelLoaded(slot: ModelSlot, loaded: { readonly version: string; readonly source: "memory" | "cache" | "registry"; readonly seconds: number }): void;
  modelUnloaded(slot: ModelSlot): void;
  loadFailed(slot: ModelSlot): void;
  /** Nothing had to be done, or a failure is too recent to try again. */
  loadSkipped(slot: ModelSlot): void;
  /** Whether asking the registry which version an alias has was answered. */
  registryResolved(slot: ModelSlot, result: "found" | "missing" | "failed"): void;
  /** Against which production is compared; null where nothing is known of the version. */
  trained(slot: ModelSlot, trained: (TrainedAccuracy & { readonly version: string }) | null): void;
  trainingCompleted(training: { readonly modelType: ModelType; readonly status: "success" | "failure"; readonly durationSeconds: number }): void;
  /** The page in Prometheus' text format. Waits for the ledger, and shows what is known if it can't be read. */
  page(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export type FallbackReason = "fallback" | "forced_fallback" | "legacy_fallback" | "mlflow_error" | "load_failed";

export interface RpsMetricsOptions {
  /** Share of games that B plays, for each family; null while there is no split. */
  readonly splitRatio: Readonly<Record<ModelType, number | null>>;
  /** The promotions so far; null without a ledger. */
  readonly promotions: PromotionFigures | null;
}

/** What the promotion ledger says of each family, for its gauges. */
export interface PromotionFigures {
  /** The newest event of each family, and how many of each decision there have been. @throws when the ledger can't be read */
  read(): Promise<readonly FamilyPromotions[]>;
}

export interface FamilyPromotions {
  readonly modelType: string;
  readonly newest: PromotionEvent | null;
  readonly decisions: Readonly<Record<string, number>>;
  readonly reorders: number;
}
