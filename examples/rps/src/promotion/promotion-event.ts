import type { ModelType } from "../policies/bot-policy.ts";
import type { Slot } from "../serving/slots.ts";

/** `alias_reorder` is no decision since reorders have a field of their own; old exports have it. */
export const PROMOTION_DECISIONS = ["swap_production_b", "retain_production", "insufficient_data", "alias_reorder"] as const;
export type PromotionDecision = (typeof PROMOTION_DECISIONS)[number];

export interface AliasRanking {
  readonly alias: Slot;
  /** 1 is the best challenger. */
  readonly rank: number;
  /** The slot that its model came from. */
  readonly sourceAlias: Slot;
  /** Part of 1; null without predictions. */
  readonly accuracy: number | null;
  readonly totalPredictions: number;
}

export interface AliasAssignment {
  readonly alias: Slot;
  readonly version: string | null;
  readonly sourceAlias: Slot;
  readonly previousVersion: string | null;
  readonly changed: boolean;
}

export interface PromotionTickers {
  readonly productionGames: number;
  readonly bGames: number;
  readonly cycles: number;
}

/** One cycle of one family, as it was decided. */
export interface PromotionEvent {
  /** ISO 8601, UTC with milliseconds and Z. */
  readonly createdAt: string;
  readonly modelType: ModelType | (string & {});
  readonly decision: PromotionDecision;
  readonly zStatistic: number | null;
  readonly pValue: number | null;
  readonly production: { readonly wins: number; readonly games: number };
  readonly b: { readonly wins: number; readonly games: number };
  readonly reorderApplied: boolean;
  readonly rankings: readonly AliasRanking[];
  readonly accuracies: readonly { readonly alias: Slot; readonly accuracy: number | null; readonly totalPredictions: number }[];
  readonly assignments: readonly AliasAssignment[];
  /** Since Production and B were exchanged last. */
  readonly sinceSwap: PromotionTickers;
  readonly reason: string;
  /** Who says so: `gauntlet` for its own ledger. */
  readonly source: string;
}
