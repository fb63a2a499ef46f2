import type { PromotionEvent, PromotionTickers } from "./promotion-event.ts";

/** What the events of a family say that came before one. */
export interface TickerHistory {
  /** Games of both as the newest swap told them; null: there was none, or it told none. */
  readonly swap: { readonly productionGames: number | null; readonly bGames: number | null } | null;
  /** Cycles since then as the newest event told them; 0 before the first event. */
  readonly cycles: number;
}

/** Games and cycles since Production and B were exchanged. Counters that fell began anew: then all of them came since. */
export function reckonTickers(event: PromotionEvent, { swap, cycles }: TickerHistory): PromotionTickers {
  if (event.decision === "swap_production_b") return { productionGames: 0, bGames: 0, cycles: 0 };
  const grown = (total: number | null, before: number | null | undefined): number => {
    const now = total ?? 0;
    return now < (before ?? 0) ? now : now - (before ?? 0);
  };
  return { productionGames: grown(event.production.games, swap?.productionGames), bGames: grown(event.b.games, swap?.bGames), cycles: cycles + 1 };
}
