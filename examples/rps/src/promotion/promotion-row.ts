import { digestOf, isoTime, type Json } from "@gauntlet/core";

import { aliasLists } from "./history-row.ts";
import type { PromotionDecision, PromotionEvent, PromotionOrigin, StoredPromotion } from "./promotion-event.ts";
import type { SqlRow, SqlValue } from "./sql-session.ts";

/** SHA-256 of what was told. Tickers are left out: they are reckoned where they are not told, and that is the same event. */
export function contentKey(event: PromotionEvent): string {
  return digestOf(Object.fromEntries(Object.entries(event).filter(([name]) => name !== "tickers")) as unknown as Json);
}

interface Home {
  readonly origin: PromotionOrigin;
  readonly chain: string | null;
  readonly key: string;
}

export function valuesOf(event: Omit<StoredPromotion, "id" | "origin">, { origin, chain, key }: Home): { readonly columns: readonly string[]; readonly values: readonly SqlValue[] } {
  const { production, b, tickers } = event;
  const lists = aliasLists(event);
  const row: Readonly<Record<string, SqlValue>> = {
    created_ts_utc: isoTime(event.at),
    model_type: event.modelType,
    decision: event.decision,
    z_statistic: event.zStatistic,
    p_value: event.pValue,
    production_wins: production.wins,
    production_total_games: production.games,
    b_wins: b.wins,
    b_total_games: b.games,
    reorder_applied: event.reorderApplied ? 1 : 0,
    alias_rankings_json: listText(lists.alias_rankings),
    alias_accuracies_json: listText(lists.alias_accuracies),
    alias_assignments_json: listText(lists.alias_assignments),
    production_games_since_swap: tickers.productionGames,
    b_games_since_swap: tickers.bGames,
    promotion_cycles_since_swap: tickers.cycles,
    reason: event.reason,
    source: event.source,
    payload_json: JSON.stringify(event),
    created_ms: event.at,
    content_key: key,
    origin,
    chain,
  };
  return { columns: Object.keys(row), values: Object.values(row) };
}

/** A row is read from what was kept whole; the columns beside it are for queries, and for whoever looks into the table. */
export function eventOf(row: SqlRow): StoredPromotion {
  const told = JSON.parse(String(row["payload_json"])) as Omit<StoredPromotion, "id" | "origin"> & { readonly decision: PromotionDecision };
  return { ...told, id: Number(row["id"]), origin: row["origin"] as PromotionOrigin };
}

function listText(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}
