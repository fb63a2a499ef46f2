import { queryOptions } from "@tanstack/react-query";

import { modelsAnswer } from "../../../src/http/model-shapes.ts";
import { botWinRatesAnswer, gamesAnswer, globalStats, leaderboardAnswer, policyStats, winStreaksAnswer } from "../../../src/http/shapes.ts";
import { promotions } from "../models/promotion.ts";
import { OPPONENTS } from "../opponents/opponents.ts";
import { read } from "./request.ts";

const REFRESH_MS = 15_000;

export const leaderboardQuery = queryOptions({
  queryKey: ["leaderboard"],
  queryFn: ({ signal }) => read("/leaderboard?limit=25", leaderboardAnswer, signal),
  refetchInterval: REFRESH_MS,
});

export const globalStatsQuery = queryOptions({
  queryKey: ["stats", "global"],
  queryFn: ({ signal }) => read("/stats/global", globalStats, signal),
  refetchInterval: REFRESH_MS,
});

/** Of the three opponents, in their order. */
export const policyStatsQuery = queryOptions({
  queryKey: ["stats", "policies"],
  queryFn: ({ signal }) => Promise.all(OPPONENTS.map(({ name }) => read(`/stats/policy/${name}`, policyStats, signal))),
  refetchInterval: REFRESH_MS,
});

/** People alone, or everybody. */
export function botWinRatesQuery(of: "people" | "everybody") {
  return queryOptions({
    queryKey: ["bot-win-rates", of],
    queryFn: ({ signal }) => read(`/bot_win_rates?human_only=${of === "people"}`, botWinRatesAnswer, signal),
    refetchInterval: REFRESH_MS,
  });
}

export const winStreaksQuery = queryOptions({
  queryKey: ["win-streaks"],
  queryFn: ({ signal }) => read("/win_streaks?limit=8", winStreaksAnswer, signal),
  refetchInterval: REFRESH_MS,
});

/** The newest end first. */
export const lastGamesQuery = queryOptions({
  queryKey: ["games"],
  queryFn: ({ signal }) => read("/games?limit=500", gamesAnswer, signal),
  refetchInterval: REFRESH_MS,
});

/** Both need the token. */
export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => read("/models", modelsAnswer, signal),
  refetchInterval: 5000,
});

export const promotionsQuery = queryOptions({
  queryKey: ["promotions"],
  queryFn: ({ signal }) => read("/internal/promotion/history?limit=30", promotions, signal),
  refetchInterval: 5000,
});
