import type { GameReports, GamesFilter, ReportWindow, RoundCounts, Streak, Tally } from "../game-reports.ts";
import { asTime } from "./rows.ts";
import type { SqlReads, SqlValue } from "./sql-reads.ts";

const TALLY = "count(*) AS games, count(*) FILTER (WHERE winner = 'user') AS user_wins, count(*) FILTER (WHERE winner = 'bot') AS bot_wins, count(*) FILTER (WHERE winner = 'tie') AS ties";

interface TallyRow {
  readonly games: number;
  readonly user_wins: number;
  readonly bot_wins: number;
  readonly ties: number;
}

export function gameReports(reads: SqlReads): GameReports {
  return {
    leaderboard: async ({ gamesMin, limit, ...filter }) => {
      const { where, values } = whereOf({ ...filter, isFinished: true });
      const rows = await reads.all<TallyRow & { readonly player_name: string }>(
        `SELECT player_name, ${TALLY} FROM games WHERE ${where} GROUP BY player_name HAVING count(*) >= ?
         ORDER BY CAST(count(*) FILTER (WHERE winner = 'user') AS DOUBLE PRECISION) / count(*) DESC, count(*) DESC, player_name LIMIT ?`,
        ...values,
        gamesMin,
        limit,
      );
      return rows.map((row) => ({ player: row.player_name, ...tallyOf(row) }));
    },
    tallies: async (filter) => {
      const { where, values } = whereOf({ ...filter, isFinished: true });
      const rows = await reads.all<TallyRow & { readonly bot_policy: string }>(`SELECT bot_policy, ${TALLY} FROM games WHERE ${where} GROUP BY bot_policy ORDER BY bot_policy`, ...values);
      return rows.map((row) => ({ policy: row.bot_policy, ...tallyOf(row) }));
    },
    roundCounts: (filter) => roundCounts(reads, filter),
    roundsSince: (window, at) => roundsSince(reads, window, at),
    streaks: (question) => streaks(reads, question),
  };
}

const DAY_MS = 86_400_000;

/** Of games that were begun since, all rounds; of those that were begun a day before at most, which is longer than any lasts, those rounds that were played since. */
async function roundsSince(reads: SqlReads, { since }: ReportWindow, at: number): Promise<number> {
  const window = since === null ? [] : [asTime(since)];
  const within = window.map(() => " AND g.created_ts_utc >= ?").join("");
  const [begun] = await reads.all<{ readonly rounds: number }>(`SELECT coalesce(sum(user_win_ct + user_lose_ct + draw_ct), 0) AS rounds FROM games g WHERE is_test = 0 AND g.created_ts_utc >= ?${within}`, asTime(at), ...window);
  const [earlier] = await reads.all<{ readonly rounds: number }>(
    `SELECT count(*) AS rounds FROM games g JOIN events e ON e.game_id = g.id WHERE g.is_test = 0 AND g.created_ts_utc < ? AND g.created_ts_utc >= ? AND (g.finished_ts IS NULL OR g.finished_ts >= ?) AND e.created_ts_utc >= ?${within}`,
    asTime(at),
    asTime(at - DAY_MS),
    asTime(at),
    asTime(at),
    ...window,
  );
  return (begun?.rounds ?? 0) + (earlier?.rounds ?? 0);
}

const SUMS = ["user_rock_ct", "user_paper_ct", "user_scissors_ct", "bot_rock_ct", "bot_paper_ct", "bot_scissors_ct", "user_win_ct", "user_lose_ct", "draw_ct"] as const;

async function roundCounts(reads: SqlReads, filter: GamesFilter): Promise<RoundCounts> {
  const { where, values } = whereOf({ ...filter, isFinished: false });
  const [row] = await reads.all<Readonly<Record<(typeof SUMS)[number] | "games", number>>>(`SELECT count(*) AS games, ${SUMS.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(", ")} FROM games WHERE ${where}`, ...values);
  if (row === undefined) throw new Error("a count has one row");
  const results = { win: row.user_win_ct, lose: row.user_lose_ct, draw: row.draw_ct };
  return {
    games: row.games,
    rounds: results.win + results.lose + results.draw,
    results,
    userMoves: { rock: row.user_rock_ct, paper: row.user_paper_ct, scissors: row.user_scissors_ct },
    botMoves: { rock: row.bot_rock_ct, paper: row.bot_paper_ct, scissors: row.bot_scissors_ct },
  };
}

interface StreakRow {
  readonly user_name: string;
  readonly longest: number;
  readonly current: number;
  readonly last_win: string;
  readonly games: number;
}

/** A run of wins goes from one game that wasn't won to the next; each such game begins a run of its own, which may be empty. */
async function streaks(reads: SqlReads, { since, policy, limit }: Parameters<GameReports["streaks"]>[0]): Promise<readonly Streak[]> {
  const { where, values } = whereOf({ since, of: "people", isFinished: true, ...(policy === undefined ? {} : { policy }) });
  const rows = await reads.all<StreakRow>(
    `WITH ended AS (
       SELECT session_id, winner, finished_ts, sum(CASE WHEN winner = 'user' THEN 0 ELSE 1 END) OVER (PARTITION BY session_id ORDER BY finished_ts, id) AS run FROM games WHERE ${where}
     ), runs AS (
       SELECT session_id, run, count(*) AS games, count(*) FILTER (WHERE winner = 'user') AS wins, max(CASE WHEN winner = 'user' THEN finished_ts END) AS last_win,
         max(run) OVER (PARTITION BY session_id) AS last_run FROM ended GROUP BY session_id, run
     )
     SELECT s.user_name, max(r.wins) AS longest, max(CASE WHEN r.run = r.last_run THEN r.wins END) AS current, max(r.last_win) AS last_win, sum(r.games) AS games
     FROM runs r JOIN sessions s ON s.id = r.session_id GROUP BY r.session_id, s.user_name HAVING max(r.wins) > 0
     ORDER BY longest DESC, current DESC, last_win DESC, r.session_id LIMIT ?`,
    ...values,
    limit,
  );
  return rows.map((row) => ({ player: row.user_name, longest: row.longest, current: row.current, lastWinAt: Date.parse(row.last_win), games: row.games }));
}

function whereOf(filter: GamesFilter & { readonly isFinished: boolean }): { readonly where: string; readonly values: readonly SqlValue[] } {
  const equal: readonly (readonly [string, string | undefined])[] = [["player_name", filter.player], ["bot_policy", filter.policy], ["session_id", filter.session]];
  const asked = equal.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const since = filter.since === null ? [] : [asTime(filter.since)];
  const conditions = ["is_test = 0", ...(filter.isFinished ? ["winner IS NOT NULL"] : []), ...since.map(() => "created_ts_utc >= ?"), ...asked.map(([column]) => `${column} = ?`)];
  const made = filter.of === undefined ? [] : [`is_made_up = ${filter.of === "people" ? 0 : 1}`];
  return { where: [...conditions, ...made].join(" AND "), values: [...since, ...asked.map(([, value]) => value)] };
}

function tallyOf(row: TallyRow): Tally {
  return { games: row.games, userWins: row.user_wins, botWins: row.bot_wins, ties: row.ties };
}
