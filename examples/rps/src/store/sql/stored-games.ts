import { setImmediate } from "node:timers/promises";

import { OPENING_ROUNDS } from "../../rules/openings.ts";
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

/** So many games are read at once; in between others get their turn. */
const PAGE_GAMES = 200;

/** Page by page from the newest on, so that only those are looked at that are wanted. */
async function trainingRounds(reads: SqlReads, since: number | null, filters: TrainingFilters): Promise<readonly TrainingGame[]> {
  const { where, values } = whereOf(reads, since, filters);
  const pages: (readonly TrainingGame[])[] = [];
  let left = filters.roundsMax ?? Number.POSITIVE_INFINITY;
  let before: Place | null = null;
  while (left > 0) {
    const games: readonly PlayedGame[] = await reads.all<PlayedGame>(
      `SELECT g.id, g.created_ts_utc, ${MOVES} AS moves FROM games g WHERE ${where}${before === null ? "" : " AND (g.created_ts_utc, g.id) < (?, ?)"} ORDER BY g.created_ts_utc DESC, g.id DESC LIMIT ?`,
      ...values,
      ...(before ?? []),
      PAGE_GAMES,
    );
    const wanted: PlayedGame[] = [];
    for (const game of games) {
      if (left <= 0) break;
      wanted.push(game);
      left -= Math.max(0, game.moves - OPENING_ROUNDS);
    }
    const [newest, oldest] = [wanted[0], wanted.at(-1)];
    if (newest === undefined || oldest === undefined) break;
    before = placeOf(oldest);
    const rows = await reads.all<TrainingRow>(
      `SELECT g.player_name, g.bot_policy, g.created_ts_utc, e.game_id, e.step_no, e.user_move, e.bot_move, e.result, e.user_score, e.bot_score, e.round_rock_pts, e.round_paper_pts, e.round_scissors_pts, e.created_ts_utc AS played_ts
       FROM games g JOIN events e ON e.game_id = g.id WHERE ${where} AND (g.created_ts_utc, g.id) >= (?, ?) AND (g.created_ts_utc, g.id) <= (?, ?) ORDER BY g.created_ts_utc, g.id, e.step_no`,
      ...values,
      ...before,
      ...placeOf(newest),
    );
    pages.push(gamesOf(rows));
    if (games.length < PAGE_GAMES) break;
    await setImmediate();
  }
  return pages.toReversed().flat();
}

type Place = readonly [createdAt: string, id: string];

interface PlayedGame {
  readonly id: string;
  readonly created_ts_utc: string;
  readonly moves: number;
}

/** A game's moves are as many as its rounds. */
const MOVES = "(g.user_rock_ct + g.user_paper_ct + g.user_scissors_ct)";

function placeOf({ created_ts_utc, id }: PlayedGame): Place {
  return [created_ts_utc, id];
}

function whereOf({ like }: SqlReads, since: number | null, { playerNameLike, policies }: TrainingFilters): { readonly where: string; readonly values: readonly SqlValue[] } {
  const conditions: readonly (readonly [string, readonly SqlValue[]])[] = [
    ["g.is_test = 0", []],
    [`${MOVES} > 0`, []],
    ...(since === null ? [] : ([["g.created_ts_utc >= ?", [asTime(since)]]] as const)),
    ...(playerNameLike === null ? [] : ([[`g.player_name ${like} ?`, [playerNameLike]]] as const)),
    ...(policies === null ? [] : ([[policies.length === 0 ? "1 = 0" : `g.bot_policy IN (${policies.map(() => "?").join(", ")})`, policies]] as const)),
  ];
  return { where: conditions.map(([condition]) => condition).join(" AND "), values: conditions.flatMap(([, of]) => of) };
}

interface TrainingRow extends RoundRow {
  readonly game_id: string;
  readonly player_name: string;
  readonly bot_policy: string;
  readonly created_ts_utc: string;
  readonly played_ts: string;
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
