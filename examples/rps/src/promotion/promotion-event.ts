import type { Slot } from "../serving/slots.ts";

/** `alias_reorder` is no decision since reorders have a field of their own; old exports have it. */
export const PROMOTION_DECISIONS = ["swap_production_b", "retain_production", "insufficient_data", "alias_reorder"] as const;
export type PromotionDecision = (typeof PROMOTION_DECISIONS)[number];

export interface AliasRanking {
  readonly alias: Exclude<Slot, "Production">;
  /** 1 is the best challenger. */
  readonly rank: number;
  /** The slot that its model came from; null where that wasn't told. */
  readonly sourceAlias: Slot | null;
  /** Part of 1; null without predictions. */
  readonly accuracy: number | null;
  readonly totalPredictions: number | null;
}

export interface AliasAccuracy {
  readonly alias: Slot;
  readonly sourceAlias: Slot | null;
  readonly accuracy: number | null;
  readonly totalPredictions: number | null;
}

export interface AliasAssignment {
  readonly alias: Slot;
  readonly version: string | null;
  readonly sourceAlias: Slot | null;
  readonly previousVersion: string | null;
  readonly changed: boolean;
}

/** Games of one slot; null where they weren't told. Old reports don't tell ties from losses. */
export interface SlotGames {
  readonly wins: number | null;
  readonly ties: number | null;
  readonly games: number | null;
}

/** Since Production and B were exchanged last. */
export interface PromotionTickers {
  readonly productionGames: number;
  readonly bGames: number;
  readonly cycles: number;
}

/** One cycle of one family, as it was decided. */
export interface PromotionEvent {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** A family of today, or one that an old export speaks of. */
  readonly modelType: string;
  readonly decision: PromotionDecision;
  readonly zStatistic: number | null;
  readonly pValue: number | null;
  readonly production: SlotGames;
  readonly b: SlotGames;
  readonly reorderApplied: boolean;
  readonly rankings: readonly AliasRanking[];
  readonly accuracies: readonly AliasAccuracy[];
  readonly assignments: readonly AliasAssignment[];
  /** Null: to be reckoned from the events before. */
  readonly tickers: PromotionTickers | null;
  readonly reason: string | null;
  /** Who says so: `gauntlet` for its own ledger. */
  readonly source: string;
}

/** How it came to be known: read from Gauntlet's ledger, reported when it happened, or filled in from an export. */
export type PromotionOrigin = "ledger" | "report" | "backfill";

export interface StoredPromotion extends PromotionEvent {
  /** Grows with what is written down, which is not the order of time. */
  readonly id: number;
  readonly origin: PromotionOrigin;
  readonly tickers: PromotionTickers;
}
