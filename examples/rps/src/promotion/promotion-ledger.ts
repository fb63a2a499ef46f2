import type { PromotionEvent } from "./promotion-event.ts";

export interface StoredPromotion extends PromotionEvent {
  /** Grows with every event that is written down; not the order of time. */
  readonly id: number;
}

export interface HistoryQuestion {
  readonly limit: number;
  readonly modelType: string | null;
  readonly decision: string | null;
  /** Milliseconds since the Unix epoch; events at this instant count too. */
  readonly sinceMs: number | null;
}

/** Promotions of Gauntlet's ledger and those that others reported, in one order of time. */
export interface PromotionLedger {
  /** Newest first. */
  history(question: HistoryQuestion): Promise<readonly StoredPromotion[]>;
}
