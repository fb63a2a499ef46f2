import { isoTime } from "@gauntlet/core";

import type { AliasAccuracy, AliasAssignment, AliasRanking, SlotGames, StoredPromotion } from "./promotion-event.ts";

/** An event as `/history` answers it: flat, under the documented names, with a few columns made for tables. */
export function historyRow(event: StoredPromotion) {
  const { rankings, production, b, tickers } = event;
  const ranked = [1, 2, 3].map((rank) => rankings.find((one) => one.rank === rank));
  return {
    id: event.id,
    created_ts_utc: isoTime(event.at),
    model_type: event.modelType,
    decision: event.decision,
    z_statistic: event.zStatistic,
    p_value: event.pValue,
    production_wins: production.wins,
    production_ties: production.ties,
    production_total_games: production.games,
    production_win_rate: winRate(production),
    b_wins: b.wins,
    b_ties: b.ties,
    b_total_games: b.games,
    b_win_rate: winRate(b),
    production_games_since_swap: tickers.productionGames,
    b_games_since_swap: tickers.bGames,
    promotion_cycles_since_swap: tickers.cycles,
    reorder_applied: event.reorderApplied,
    ...aliasLists(event),
    reason: event.reason,
    source: event.source,
    origin: event.origin,
    rank1_summary: summary(ranked[0]),
    rank2_summary: summary(ranked[1]),
    rank3_summary: summary(ranked[2]),
    step2_order: joined(rankings, " > ", ({ alias }) => alias),
    step2_accuracy: joined(rankings, ", ", ({ alias, accuracy }) => `${alias}: ${accuracy === null ? "n/a" : percent(accuracy)}`),
    step2_sources: joined(rankings, ", ", ({ alias, sourceAlias }) => `${alias} src=${sourceAlias ?? NOTHING}`),
  };
}

/** The three lists under their documented names. */
export function aliasLists({ rankings, accuracies, assignments }: Pick<StoredPromotion, "rankings" | "accuracies" | "assignments">) {
  return {
    alias_rankings: rankings.map((one: AliasRanking) => ({ alias: one.alias, rank: one.rank, source_alias: one.sourceAlias, accuracy: one.accuracy, total_predictions: one.totalPredictions })),
    alias_accuracies: accuracies.map((one: AliasAccuracy) => ({ alias: one.alias, source_alias: one.sourceAlias, accuracy: one.accuracy, total_predictions: one.totalPredictions })),
    alias_assignments: assignments.map((one: AliasAssignment) => ({ alias: one.alias, version: one.version, source_alias: one.sourceAlias, previous_version: one.previousVersion, changed: one.changed })),
  };
}

const NOTHING = "-";

function winRate({ wins, games }: SlotGames): number | null {
  return wins === null || games === null || games === 0 ? null : wins / games;
}

/** Slot, where its model came from if from another, and what it was judged by. */
function summary(ranking: AliasRanking | undefined): string {
  if (ranking === undefined) return NOTHING;
  const { alias, sourceAlias, totalPredictions, accuracy } = ranking;
  const name = sourceAlias === null || sourceAlias === alias ? alias : `${alias} <- ${sourceAlias}`;
  const volume = totalPredictions === null || totalPredictions === 0 ? [] : [`${totalPredictions} ${totalPredictions === 1 ? "pred" : "preds"}`];
  const extras = [...volume, ...(accuracy === null ? [] : [percent(accuracy)])];
  return extras.length === 0 ? name : `${name} (${extras.join(", ")})`;
}

function joined(rankings: readonly AliasRanking[], between: string, text: (ranking: AliasRanking) => string): string {
  return rankings.length === 0 ? NOTHING : rankings.map(text).join(between);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
