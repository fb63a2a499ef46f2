import { DatabaseSync } from "node:sqlite";

import { POINT } from "../rules/round-points.ts";
import type { Round } from "../rules/game.ts";
import type { Move, Result } from "../rules/moves.ts";
import { GAME_SCHEMA } from "./game-schema.ts";

export interface StoredGame {
  readonly id: string;
  readonly sessionId: string;
  readonly playerName: string;
  /** As it was asked for: "brian". */
  readonly policy: string;
  readonly alias: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly opening: string;
  readonly openingMoves: readonly Move[];
  readonly isTest: boolean;
  readonly winner: "user" | "bot" | "tie" | null;
}

/** Sessions, games and their rounds in one SQLite file. Every method is one transaction, and none waits, so moves never overlap. */
export interface GameStore {
  addGame(game: Omit<StoredGame, "winner">): void;
  game(id: string): StoredGame | null;
  /** Oldest first. */
  rounds(gameId: string): readonly Round[];
  /** @returns false when the round was played already, or the game is over: nothing is changed then. */
  addRound(gameId: string, round: Round, end: { readonly at: number; readonly winner: StoredGame["winner"]; readonly version: string | null }): boolean;
  close(): void;
}

/** @param file a path, or ":memory:". */
export function openGameStore(file: string): GameStore {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec(GAME_SCHEMA);
  const insertSession = database.prepare("INSERT INTO sessions (id, user_name, created_ts) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING");
  const insertGame = database.prepare("INSERT INTO games (id, session_id, player_name, bot_policy, bot_model_alias, created_ts_utc, opening_name, opening_seq, is_test) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const selectGame = database.prepare("SELECT * FROM games WHERE id = ?");
  const selectRounds = database.prepare("SELECT * FROM events WHERE game_id = ? ORDER BY step_no");
  const insertRound = database.prepare(
    "INSERT INTO events (game_id, step_no, user_move, bot_move, result, user_delta, bot_delta, user_score, bot_score, round_rock_pts, round_paper_pts, round_scissors_pts, created_ts_utc) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM games WHERE id = ? AND winner IS NULL) ON CONFLICT (game_id, step_no) DO NOTHING",
  );
  const updateGame = database.prepare("UPDATE games SET user_score = ?, bot_score = ?, winner = ?, finished_ts = ?, bot_model_version = coalesce(?, bot_model_version) WHERE id = ?");
  const before = database.prepare("SELECT user_score, bot_score FROM games WHERE id = ?");

  const atomically = <T>(work: () => T): T => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };

  return {
    addGame: (game) =>
      atomically(() => {
        const at = new Date(game.startedAt).toISOString();
        insertSession.run(game.sessionId, game.playerName, at);
        insertGame.run(game.id, game.sessionId, game.playerName, game.policy, game.alias, at, game.opening, JSON.stringify(game.openingMoves), game.isTest ? 1 : 0);
      }),
    game: (id) => {
      const row = selectGame.get(id) as GameRow | undefined;
      return row === undefined ? null : asGame(row);
    },
    rounds: (gameId) => (selectRounds.all(gameId) as unknown as readonly RoundRow[]).map(asRound),
    addRound: (gameId, round, { at, winner, version }) =>
      atomically(() => {
        const score = before.get(gameId) as { readonly user_score: number; readonly bot_score: number } | undefined;
        if (score === undefined) return false;
        const [user, bot] = [round.userScore / POINT, round.botScore / POINT];
        const time = new Date(at).toISOString();
        const gains = [tenths(user - score.user_score), tenths(bot - score.bot_score)] as const;
        const { changes } = insertRound.run(gameId, round.number, round.user, round.bot, round.result, ...gains, user, bot, ...asPoints(round.points), time, gameId);
        if (changes === 0) return false;
        updateGame.run(user, bot, winner, winner === null ? null : time, version, gameId);
        return true;
      }),
    close: () => database.close(),
  };
}

interface GameRow {
  readonly id: string;
  readonly session_id: string;
  readonly player_name: string;
  readonly bot_policy: string;
  readonly bot_model_alias: string;
  readonly created_ts_utc: string;
  readonly opening_name: string;
  readonly opening_seq: string;
  readonly is_test: number;
  readonly winner: StoredGame["winner"];
}

function asGame(row: GameRow): StoredGame {
  return {
    id: row.id,
    sessionId: row.session_id,
    playerName: row.player_name,
    policy: row.bot_policy,
    alias: row.bot_model_alias,
    startedAt: Date.parse(row.created_ts_utc),
    opening: row.opening_name,
    openingMoves: JSON.parse(row.opening_seq) as readonly Move[],
    isTest: row.is_test === 1,
    winner: row.winner,
  };
}

interface RoundRow {
  readonly step_no: number;
  readonly user_move: Move;
  readonly bot_move: Move;
  readonly result: Result;
  readonly user_score: number;
  readonly bot_score: number;
  readonly round_rock_pts: number;
  readonly round_paper_pts: number;
  readonly round_scissors_pts: number;
}

function asRound(row: RoundRow): Round {
  return {
    number: row.step_no,
    points: [asTenths(row.round_rock_pts), asTenths(row.round_paper_pts), asTenths(row.round_scissors_pts)],
    user: row.user_move,
    bot: row.bot_move,
    result: row.result,
    userScore: asTenths(row.user_score),
    botScore: asTenths(row.bot_score),
  };
}

function asPoints(points: Round["points"]): readonly [number, number, number] {
  return [points[0] / POINT, points[1] / POINT, points[2] / POINT];
}

function asTenths(points: number): number {
  return Math.round(points * POINT);
}

/** A difference of two numbers with one decimal, with one decimal. */
function tenths(points: number): number {
  return asTenths(points) / POINT;
}
