import { Failure } from "@gauntlet/core";

import type { Move, Result } from "../../rules/moves.ts";
import type { ExportRow, GameLine, GameLists } from "../game-reports.ts";
import type { StoredGame } from "../game-store.ts";
import { asGameHead, asTenths, asTime, type GameHeadRow } from "./rows.ts";
import type { SqlReads, SqlValue } from "./sql-reads.ts";

export function gameLists(reads: SqlReads): GameLists {
  return {
    games: async ({ since, player, policy, limit, after }) => {
      const place = after === null ? null : placeOf(after);
      const conditions: readonly (readonly [string, readonly SqlValue[]])[] = [
        ...(since === null ? [] : ([["created_ts_utc >= ?", [asTime(since)]]] as const)),
        ...(player === null ? [] : ([["player_name = ?", [player]]] as const)),
        ...(policy === null ? [] : ([["bot_policy = ?", [policy]]] as const)),
        ...(place === null ? [] : ([["(finished_ts, id) < (?, ?)", place]] as const)),
      ];
      const rows = await reads.all<LineRow>(
        `SELECT id, session_id, player_name, bot_policy, bot_model_alias, created_ts_utc, finished_ts, user_score, bot_score, winner, user_win_ct + user_lose_ct + draw_ct AS rounds
         FROM games WHERE is_test = 0 AND winner IS NOT NULL${conditions.map(([condition]) => ` AND ${condition}`).join("")} ORDER BY finished_ts DESC, id DESC LIMIT ?`,
        ...conditions.flatMap(([, values]) => values),
        limit + 1,
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { games: page.map(asLine), next: rows.length > limit && last !== undefined ? cursorOf([last.finished_ts, last.id]) : null };
    },
    rounds: async ({ since, before, limit }) => {
      const rows = await reads.all<ExportedRow>(
        `SELECT e.id, e.game_id, e.user_move, e.bot_move, e.result, g.bot_policy, g.bot_model_alias, g.session_id, g.player_name, e.created_ts_utc
         FROM events e JOIN games g ON g.id = e.game_id WHERE g.is_test = 0${since === null ? "" : " AND g.created_ts_utc >= ?"}${before === null ? "" : " AND e.id < ?"} ORDER BY e.id DESC LIMIT ?`,
        ...(since === null ? [] : [asTime(since)]),
        ...(before === null ? [] : [before]),
        limit,
      );
      return rows.map(asExported);
    },
    standing: async (gameId) => {
      const [row] = await reads.all<StandingRow>("SELECT user_score, bot_score, winner, user_win_ct, user_lose_ct, draw_ct FROM games WHERE id = ?", gameId);
      if (row === undefined) return null;
      return { results: { win: row.user_win_ct, lose: row.user_lose_ct, draw: row.draw_ct }, userScore: asTenths(row.user_score), botScore: asTenths(row.bot_score), winner: row.winner };
    },
  };
}

interface StandingRow {
  readonly user_score: number;
  readonly bot_score: number;
  readonly winner: StoredGame["winner"];
  readonly user_win_ct: number;
  readonly user_lose_ct: number;
  readonly draw_ct: number;
}

interface LineRow extends GameHeadRow {
  readonly finished_ts: string;
  readonly user_score: number;
  readonly bot_score: number;
  readonly winner: GameLine["winner"];
  readonly rounds: number;
}

function asLine(row: LineRow): GameLine {
  return {
    ...asGameHead(row),
    isTest: false,
    winner: row.winner,
    rounds: row.rounds,
    userScore: asTenths(row.user_score),
    botScore: asTenths(row.bot_score),
    finishedAt: Date.parse(row.finished_ts),
  };
}

interface ExportedRow {
  readonly id: number;
  readonly game_id: string;
  readonly user_move: Move;
  readonly bot_move: Move;
  readonly result: Result;
  readonly bot_policy: string;
  readonly bot_model_alias: string;
  readonly session_id: string;
  readonly player_name: string;
  readonly created_ts_utc: string;
}

function asExported(row: ExportedRow): ExportRow {
  return { id: row.id, gameId: row.game_id, user: row.user_move, bot: row.bot_move, result: row.result, policy: row.bot_policy, alias: row.bot_model_alias, sessionId: row.session_id, player: row.player_name, at: Date.parse(row.created_ts_utc) };
}

type Place = readonly [finishedAt: string, id: string];

function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

function placeOf(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(place) && place.length === 2 && place.every((part) => typeof part === "string")) return place as unknown as Place;
  } catch {
    // Told below.
  }
  throw new Failure("invalid_input", "the cursor is none that a page gave", { fix: "begin without a cursor, and take next_cursor from each page" });
}
