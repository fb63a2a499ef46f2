import { queryOptions } from "@tanstack/react-query";

import { globalStats, leaderboardAnswer, policyStats } from "../../../src/http/shapes.ts";
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
