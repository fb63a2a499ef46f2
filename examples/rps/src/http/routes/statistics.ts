import { remember, type Remembered } from "../../stats/remember.ts";
import { botWinRatesOf, gameStats, globalStatsOf, leaderboardOf, playerStatsOf, policyStatsOf, sessionStats, winStreaksOf, type StatisticsSource } from "../../stats/statistics.ts";
import { operation, type Operation } from "../operation.ts";
import type { RpsHttpOptions } from "../options.ts";
import { botWinRatesAnswer, botWinRatesQuery, globalStats, leaderboardAnswer, leaderboardQuery, playerStats, policyStats, statsAnswer, statsQuery, winStreaksAnswer, winStreaksQuery } from "../shapes.ts";

export const statisticsRoutes: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/leaderboard",
    access: "open",
    summary: "The people who win the greatest share of their games, of those with five or more",
    query: leaderboardQuery,
    answer: leaderboardAnswer,
    handle: ({ query, options }) => recent(options, ["leaderboard", query.limit], (source) => leaderboardOf(source, query.limit)),
  }),
  operation({
    method: "GET",
    path: "/stats",
    access: "open",
    summary: "One game, or all games of a session",
    query: statsQuery,
    answer: statsAnswer,
    handle: async ({ query, options }) => ("game_id" in query ? gameStats(sourceOf(options), query.game_id) : sessionStats(sourceOf(options), query.session_id)),
  }),
  operation({
    method: "GET",
    path: "/stats/global",
    access: "open",
    summary: "All games together",
    answer: globalStats,
    handle: ({ options }) => recent(options, ["global"], globalStatsOf),
  }),
  operation({
    method: "GET",
    path: "/stats/policy/:policy",
    access: "open",
    summary: "All games against one bot",
    answer: policyStats,
    handle: ({ param, options }) => recent(options, ["policy", param("policy")], (source) => policyStatsOf(source, param("policy"))),
  }),
  operation({
    method: "GET",
    path: "/stats/player/:player",
    access: "open",
    summary: "All games of one player",
    answer: playerStats,
    handle: ({ param, options }) => recent(options, ["player", param("player")], (source) => playerStatsOf(source, param("player"))),
  }),
  operation({
    method: "GET",
    path: "/bot_win_rates",
    access: "open",
    summary: "How often each bot wins, against people or against everybody",
    query: botWinRatesQuery,
    answer: botWinRatesAnswer,
    handle: ({ query, options }) => recent(options, ["bots", query.human_only], (source) => botWinRatesOf(source, query.human_only)),
  }),
  operation({
    method: "GET",
    path: "/win_streaks",
    access: "open",
    summary: "The longest runs of games won without one that wasn't, by session",
    query: winStreaksQuery,
    answer: winStreaksAnswer,
    handle: ({ query, options }) => recent(options, ["streaks", query.opponent ?? null, query.limit], (source) => winStreaksOf(source, { opponent: query.opponent ?? null, limit: query.limit })),
  }),
];

/** What counts many games is looked at once in so long at most, however many ask. */
const REMEMBERED_MS = 1000;
const remembered = new WeakMap<RpsHttpOptions, Remembered>();

function recent<T>(options: RpsHttpOptions, key: readonly unknown[], ask: (source: StatisticsSource) => Promise<T>): Promise<T> {
  const answers = remembered.get(options) ?? remember(REMEMBERED_MS, () => performance.now());
  remembered.set(options, answers);
  return answers.answer(JSON.stringify(key), () => ask(sourceOf(options)));
}

function sourceOf({ data, statsSince, now }: RpsHttpOptions): StatisticsSource {
  return { data, since: statsSince, now };
}
