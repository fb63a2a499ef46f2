import { Failure } from "@gauntlet/core";

import { BOT_POLICIES, botPolicyOf } from "../policies/bot-policy.ts";
import { MOVES, RESULTS, type Move } from "../rules/moves.ts";
import { POINT } from "../rules/round-points.ts";
import type { BotWinRates, GlobalStats, Leaderboard, PlayerStats, PolicyStats, Stats, WinStreaks } from "../http/shapes.ts";
import type { GameData } from "../store/game-data.ts";
import type { GamesFilter, RoundCounts, Tally } from "../store/game-reports.ts";
import { percentOf } from "./percent.ts";

export interface StatisticsSource {
  readonly data: Pick<GameData, "reports" | "lists">;
  /** Games that were begun before are left out; null: none. Milliseconds since the Unix epoch. */
  readonly since: number | null;
  readonly now: () => number;
}

const LEADERBOARD_GAMES_MIN = 5;
/** Names that are left out of the leaderboard are shown, but not all of a thousand. */
const FILTERED_OUT_MAX = 20;
const DAY_MS = 86_400_000;

/** The best people, of those with five finished games: the limit is applied after others are left out. */
export async function leaderboardOf({ data, since }: StatisticsSource, limit: number): Promise<Leaderboard> {
  const ask = (of: "people" | "made-up", rows: number) => data.reports.leaderboard({ since, of, gamesMin: LEADERBOARD_GAMES_MIN, limit: rows });
  const [people, madeUp] = [await ask("people", limit), await ask("made-up", FILTERED_OUT_MAX)];
  return {
    leaderboard: people.map(({ player, games, userWins, botWins, ties }, i) => ({ rank: i + 1, player_name: player, total_games: games, wins: userWins, losses: botWins, ties, win_rate: percentOf(userWins, games) })),
    since: timeOf(since),
    limit,
    filtered_out: madeUp.map(({ player }) => player).toSorted(),
  };
}

/** @throws Failure `not_found` for a game that isn't there. */
export async function gameStats({ data }: StatisticsSource, game: string): Promise<Stats> {
  const standing = await data.lists.standing(game);
  if (standing === null) throw new Failure("not_found", `there is no game ${game}`, { fix: "start one with POST /start_game" });
  const { results } = standing;
  return { scope: "game", rounds: results.win + results.lose + results.draw, wins: results.win, losses: results.lose, draws: results.draw, user_score: standing.userScore / POINT, bot_score: standing.botScore / POINT, winner: standing.winner };
}

export async function sessionStats({ data, since }: StatisticsSource, session: string): Promise<Stats> {
  const { games, rounds, results } = await data.reports.roundCounts({ since, session });
  return { scope: "session", rounds, wins: results.win, losses: results.lose, draws: results.draw, games };
}

export async function globalStatsOf({ data, since, now }: StatisticsSource): Promise<GlobalStats> {
  const counts = await data.reports.roundCounts({ since });
  const tallies = await data.reports.tallies({ since });
  return {
    total_games: counts.games,
    total_rounds: counts.rounds,
    result_distribution: RESULTS.map((result) => ({ result, count: counts.results[result], percentage: percentOf(counts.results[result], counts.rounds) })),
    policy_performance: tallies.map(({ policy, games, userWins, botWins, ties }) => ({ policy, difficulty_mode: "standard", total_games: games, bot_wins: botWins, player_wins: userWins, ties, bot_win_rate: percentOf(botWins, games) })),
    recent_activity: { rounds_last_24h: await data.reports.roundsSince({ since }, now() - DAY_MS), rounds_last_week: await data.reports.roundsSince({ since }, now() - 7 * DAY_MS) },
  };
}

/** @throws Failure `not_found` for a policy that is none. */
export async function policyStatsOf({ data, since }: StatisticsSource, name: string): Promise<PolicyStats> {
  const policy = botPolicyOf(name)?.name;
  if (policy === undefined) throw new Failure("not_found", `there is no policy "${name.slice(0, 64)}"`, { fix: `use ${BOT_POLICIES.map((one) => one.name).join(", ")}` });
  const counts = await data.reports.roundCounts({ since, policy });
  const { games, userWins, botWins, ties } = await tallyOf(data, { since, policy });
  return {
    policy,
    total_games: counts.games,
    total_rounds: counts.rounds,
    player_wins: userWins,
    bot_wins: botWins,
    ties,
    bot_win_rate: games === 0 ? null : percentOf(botWins, games),
    move_distribution: shares(counts.botMoves, counts.rounds),
  };
}

/** @throws Failure `not_found` for a player that never began a game. */
export async function playerStatsOf({ data, since }: StatisticsSource, player: string): Promise<PlayerStats> {
  const counts = await data.reports.roundCounts({ since, player });
  if (counts.games === 0) throw new Failure("not_found", `nobody called "${player.slice(0, 64)}" has played`, { fix: "write the name as the leaderboard does" });
  const byPolicy = await data.reports.tallies({ since, player });
  const { games, userWins, botWins, ties } = sum(byPolicy);
  return {
    player_name: player,
    total_games: counts.games,
    total_rounds: counts.rounds,
    wins: userWins,
    losses: botWins,
    ties,
    win_rate: games === 0 ? null : percentOf(userWins, games),
    policy_performance: byPolicy.map((one) => ({ policy: one.policy, difficulty_mode: "standard", total_games: one.games, wins: one.userWins, win_rate: percentOf(one.userWins, one.games) })),
    move_distribution: shares(counts.userMoves, counts.rounds),
  };
}

export async function botWinRatesOf({ data, since, now }: StatisticsSource, humanOnly: boolean): Promise<BotWinRates> {
  const all = await data.reports.tallies({ since });
  const counted = humanOnly ? await data.reports.tallies({ since, of: "people" }) : all;
  const rates = BOT_POLICIES.map(({ name }) => {
    const { games, userWins, botWins, ties } = counted.find(({ policy }) => policy === name) ?? NOTHING;
    const total = all.find(({ policy }) => policy === name)?.games ?? 0;
    const rate = (wins: number) => (games === 0 ? null : percentOf(wins, games));
    return [name, { bot_win_rate: rate(botWins), human_win_rate: rate(userWins), human_games: games, bot_wins: botWins, human_wins: userWins, ties, excluded_games: total - games, total_games_tracked: total }] as const;
  });
  return {
    bot_rates: Object.fromEntries(rates),
    easy_mode: false,
    human_only: humanOnly,
    since: timeOf(since),
    timestamp: new Date(now()).toISOString(),
    exclusions: { total_games: rates.reduce((games, [, rate]) => games + rate.excluded_games, 0) },
  };
}

/** @throws Failure `invalid_input` for an opponent that is none. */
export async function winStreaksOf({ data, since, now }: StatisticsSource, { opponent, limit }: { readonly opponent: string | null; readonly limit: number }): Promise<WinStreaks> {
  const policy = opponent === null ? null : botPolicyOf(opponent);
  if (opponent !== null && policy === null) throw new Failure("invalid_input", `there is no policy "${opponent}"`, { fix: `use ${BOT_POLICIES.map(({ name }) => name).join(", ")}` });
  const streaks = await data.reports.streaks({ since, limit, ...(policy === null ? {} : { policy: policy.name }) });
  return {
    players: streaks.map(({ player, longest, current, lastWinAt, games }) => ({ username: player, streak: longest, current_streak: current, last_win_date: new Date(lastWinAt).toISOString(), total_games: games })),
    filters: { opponent: policy?.name ?? null, limit, easy_mode: false },
    since: timeOf(since),
    timestamp: new Date(now()).toISOString(),
  };
}

const NOTHING: Tally = { games: 0, userWins: 0, botWins: 0, ties: 0 };

async function tallyOf(data: StatisticsSource["data"], filter: GamesFilter): Promise<Tally> {
  return sum(await data.reports.tallies(filter));
}

function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((total, one) => ({ games: total.games + one.games, userWins: total.userWins + one.userWins, botWins: total.botWins + one.botWins, ties: total.ties + one.ties }), NOTHING);
}

/** The most frequent first; equal ones in canonical order. */
function shares(counts: RoundCounts["userMoves"], rounds: number): PlayerStats["move_distribution"] {
  const rows = MOVES.map((move: Move) => ({ move, count: counts[move], percentage: percentOf(counts[move], rounds) }));
  return rows.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
