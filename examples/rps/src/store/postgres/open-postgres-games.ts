import { Failure } from "@gauntlet/core";
import { hash } from "node:crypto";
import type { Pool } from "pg";

import type { GameData } from "../game-data.ts";
import type { GameStore } from "../game-store.ts";
import { gameLists } from "../sql/game-lists.ts";
import { gameOutbox } from "../sql/game-outbox.ts";
import { gameReports } from "../sql/game-reports.ts";
import { guessCounts, INTO_UNCOUNTED } from "../sql/guess-counts.ts";
import { AFTER_ROUND, afterRoundValues, asTime, GAME_COLUMNS, gameValues, INTO_OUTBOX, ROUND_COLUMNS, roundValues } from "../sql/rows.ts";
import type { SqlReads, SqlValue } from "../sql/sql-reads.ts";
import { storedGames } from "../sql/stored-games.ts";
import { COUNT_GUESSES } from "./count-guesses.ts";
import { POSTGRES_SCHEMA } from "./schema.ts";

/**
 * Games in PostgreSQL, which several processes may write. Tables are made where they are missing.
 * @param pool as `openPool` opens it; it stays its owner's, who ends it.
 * @throws Failure `store_unavailable` while the database can't be reached.
 */
export async function openPostgresGames(pool: Pick<Pool, "connect" | "query">): Promise<GameData> {
  await makeTables(pool);
  const query = statements(pool);
  const reads: SqlReads = { like: "ILIKE", all: async <Row>(sql: string, ...values: readonly SqlValue[]) => (await query(sql, values)).rows as readonly Row[] };
  const run = async (sql: string, ...values: readonly SqlValue[]): Promise<number> => (await query(sql, values)).rowCount ?? 0;
  return {
    store: { ...storedGames(reads), ...writes(run) },
    reports: gameReports(reads),
    lists: gameLists(reads),
    outbox: gameOutbox(reads, { run }),
    guesses: guessCounts(reads, (limit) => run(COUNT_GUESSES, limit)),
    close: async () => undefined,
  };
}

/** Two processes that start at once would both make them, and one would fail. */
async function makeTables(pool: Pick<Pool, "connect">): Promise<void> {
  await available(async () => {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended('rps games', 0))");
      await client.query(POSTGRES_SCHEMA);
      await client.query("COMMIT");
    } finally {
      // What failed halfway ends with its connection.
      client.release(true);
    }
  });
}

type Query = (sql: string, values: readonly SqlValue[]) => Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>;

/** Each statement is named once, so that PostgreSQL parses and plans it once a connection. */
function statements(pool: Pick<Pool, "query">): Query {
  const known = new Map<string, { readonly name: string; readonly text: string }>();
  return (sql, values) => {
    let statement = known.get(sql);
    if (statement === undefined) {
      let place = 0;
      const text = sql.replaceAll("?", () => `$${++place}`);
      // The pool's connections may be others' too.
      statement = { name: `rps ${hash("sha256", text).slice(0, 32)}`, text };
      known.set(sql, statement);
    }
    return available(() => pool.query({ ...statement, values: [...values] }));
  };
}

/** One statement each, so that a move costs one way there and back. */
function writes(run: (sql: string, ...values: readonly SqlValue[]) => Promise<number>): Pick<GameStore, "addGame" | "addRound"> {
  const addGame = `WITH session AS (INSERT INTO sessions (id, user_name, created_ts) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET user_name = excluded.user_name)
    INSERT INTO games (${GAME_COLUMNS.join(", ")}) VALUES (${GAME_COLUMNS.map(() => "?").join(", ")})`;
  const insert = `WITH added AS (INSERT INTO events (${ROUND_COLUMNS.join(", ")}) SELECT ${ROUND_COLUMNS.map((column) => `?::${typeOf(column)}`).join(", ")}
    WHERE EXISTS (SELECT 1 FROM games WHERE id = ? AND winner IS NULL) ON CONFLICT (game_id, step_no) DO NOTHING RETURNING 1)`;
  const update = `UPDATE games SET ${AFTER_ROUND} WHERE id = ? AND EXISTS (SELECT 1 FROM added)`;
  const told = `, told AS (${INTO_OUTBOX} AND EXISTS (SELECT 1 FROM added))`;
  const guessed = `, guessed AS (${INTO_UNCOUNTED.replace("?", "?::integer")} AND EXISTS (SELECT 1 FROM added))`;
  return {
    addGame: async (game) => {
      await run(addGame, game.sessionId, game.playerName, asTime(game.startedAt), ...gameValues(game));
    },
    addRound: async (gameId, round, context) => {
      const isLast = context.winner !== null;
      const hasGuesses = context.guesses.length > 0;
      const changed = await run(`${insert}${isLast ? told : ""}${hasGuesses ? guessed : ""} ${update}`, ...roundValues(gameId, round, context), gameId, ...(isLast ? [gameId] : []), ...(hasGuesses ? [round.number, gameId] : []), ...afterRoundValues(round, context), gameId);
      return changed === 1;
    },
  };
}

function typeOf(column: string): string {
  if (column === "step_no") return "integer";
  return /_(?:pts|delta|score)$/.test(column) ? "double precision" : "text";
}

/** Where the database doesn't answer, or is being ended, the same call may succeed later. */
async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code = "", message } = cause as { readonly code?: string; readonly message: string };
    if (!/^(?:ECONN|ENOTFOUND|ETIMEDOUT|EPIPE|08|57P|53)/.test(code) && !/Connection terminated|timeout exceeded when trying to connect/.test(message)) throw cause;
    throw new Failure("store_unavailable", `the database of games does not answer: ${message}`, { fix: "see that PostgreSQL runs and can be reached, then try again", cause });
  }
}
