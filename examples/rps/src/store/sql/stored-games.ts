import type { TrainingGame, TrainingRound } from "../../training/training-game.ts";
import type { GameStore, TrainingFilters } from "../game-store.ts";
import { asGame, asRound, asTime, type GameRow, type RoundRow } from "./rows.ts";
import type { SqlReads, SqlValue } from "./sql-reads.ts";

/** What is read of games, game by game. */
export function storedGames(reads: SqlReads): Pick<GameStore, "game" | "rounds" | "trainingRounds"> {
  return {
    game: async (id) => {
      const [row] = await reads.all<GameRow>("SELECT id, session_id, player_name, bot_policy, bot_model_alias, created_ts_utc, opening_name, opening_seq, is_test, winner FROM games WHERE id = ?", id);
      return row === undefined ? null : asGame(row);
    },
    rounds: async (gameId) => (await reads.all<RoundRow>("SELECT step_no, user_move, bot_move, result, user_score, bot_score, round_rock_pts, round_paper_pts, round_scissors_pts FROM events WHERE game_id = ? ORDER BY step_no", gameId)).map(asRound),
    trainingRounds: (since, filters) => trainingRounds(reads, since, filters),
  };
}

interface TrainingRow extends RoundRow {
  readonly game_id: string;
  readonly player_name: string;
  readonly bot_policy: string;
  readonly created_ts_utc: string;
  readonly played_ts: string;
}

async function trainingRounds(reads: SqlReads, since: number | null, { playerNameLike, policies, roundsMax }: TrainingFilters): Promise<readonly TrainingGame[]> {
  const conditions = ["is_test = 0"];
  const values: SqlValue[] = [];
  const require = (condition: string, ...of: readonly SqlValue[]): void => {
    conditions.push(condition);
    values.push(...of);
  };
  if (since !== null) require("created_ts_utc >= ?", asTime(since));
  if (playerNameLike !== null) require(`player_name ${reads.like} ?`, playerNameLike);
  if (policies !== null) require(policies.length === 0 ? "1 = 0" : `bot_policy IN (${policies.map(() => "?").join(", ")})`, ...policies);
  // A game's moves are as many as its rounds, so the newest games are found without reading any round.
  const usable = "sum(CASE WHEN moves > 3 THEN moves - 3 ELSE 0 END) OVER (ORDER BY created_ts_utc DESC, id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)";
  const games = `SELECT id, player_name, bot_policy, created_ts_utc, user_rock_ct + user_paper_ct + user_scissors_ct AS moves FROM games WHERE ${conditions.join(" AND ")}`;
  const newest = roundsMax === null ? games : `SELECT * FROM (SELECT g.*, coalesce(${usable}, 0) AS newer FROM (${games}) g) counted WHERE newer < ?`;
  if (roundsMax !== null) values.push(roundsMax);
  const rows = await reads.all<TrainingRow>(
    `SELECT g.player_name, g.bot_policy, g.created_ts_utc, e.game_id, e.step_no, e.user_move, e.bot_move, e.result, e.user_score, e.bot_score, e.round_rock_pts, e.round_paper_pts, e.round_scissors_pts, e.created_ts_utc AS played_ts
     FROM (${newest}) g JOIN events e ON e.game_id = g.id ORDER BY g.created_ts_utc, g.id, e.step_no`,
    ...values,
  );
  return gamesOf(rows);
}

/** Rows of one game stand together. */
function gamesOf(rows: readonly TrainingRow[]): readonly TrainingGame[] {
  const games: (Omit<TrainingGame, "rounds"> & { readonly rounds: TrainingRound[] })[] = [];
  for (const row of rows) {
    const round = { ...asRound(row), playedAt: Date.parse(row.played_ts) };
    const last = games.at(-1);
    if (last?.id === row.game_id) last.rounds.push(round);
    else games.push({ id: row.game_id, playerName: row.player_name, policy: row.bot_policy, isTest: false, startedAt: Date.parse(row.created_ts_utc), rounds: [round] });
  }
  return games;
}
