import { DatabaseSync, type StatementSync } from "node:sqlite";

import type { GameData } from "../game-data.ts";
import type { GameStore } from "../game-store.ts";
import { gameLists } from "../sql/game-lists.ts";
import { gameOutbox } from "../sql/game-outbox.ts";
import { gameReports } from "../sql/game-reports.ts";
import { guessCounts, INTO_UNCOUNTED } from "../sql/guess-counts.ts";
import { AFTER_ROUND, afterRoundValues, asTime, GAME_COLUMNS, gameValues, INTO_OUTBOX, ROUND_COLUMNS, roundValues } from "../sql/rows.ts";
import type { SqlReads, SqlValue } from "../sql/sql-reads.ts";
import { storedGames } from "../sql/stored-games.ts";
import { readAside } from "./read-aside.ts";
import { countGuesses } from "./count-guesses.ts";
import { SQLITE_SCHEMA, UNCOUNTED_OF_BEFORE } from "./schema.ts";
import { writesTogether, type WritesTogether } from "./writes-together.ts";

/** Nothing else happens while a change waits for another process. */
const BUSY_MS = 2000;

/**
 * Games in one SQLite file, which one process writes and others may read.
 * @param file a path, or ":memory:". @param busyMs how long a change waits for another process; then it is refused for now.
 */
export function openSqliteGames(file: string, busyMs = BUSY_MS): GameData {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: busyMs });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000");
  makeTables(database);
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  const together = writesTogether(database);
  const reads: SqlReads = {
    like: "LIKE",
    all: async <Row>(sql: string, ...values: readonly SqlValue[]) => prepared(sql).all(...values) as unknown as readonly Row[],
  };
  // Another connection would have a memory of its own.
  const aside = file === ":memory:" ? null : readAside(file);
  return {
    store: { ...storedGames(reads), ...writes(prepared, together.write) },
    reports: gameReports(aside ?? reads),
    lists: { ...gameLists(aside ?? reads), standing: gameLists(reads).standing },
    outbox: gameOutbox(reads, { run: async (sql, ...values) => Number(prepared(sql).run(...values).changes) }),
    guesses: guessCounts(reads, countGuesses(prepared, together.write)),
    close: async () => {
      together.flush();
      await aside?.close();
      database.close();
    },
  };
}

function makeTables(database: DatabaseSync): void {
  const hasQueue = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'uncounted_rounds'").get() !== undefined;
  database.exec(`BEGIN IMMEDIATE; ${SQLITE_SCHEMA}; ${hasQueue ? "" : UNCOUNTED_OF_BEFORE}; COMMIT`);
}

function writes(prepared: (sql: string) => StatementSync, together: WritesTogether["write"]): Pick<GameStore, "addGame" | "addRound"> {
  const insertSession = prepared("INSERT INTO sessions (id, user_name, created_ts) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET user_name = excluded.user_name");
  const insertGame = prepared(`INSERT INTO games (${GAME_COLUMNS.join(", ")}) VALUES (${GAME_COLUMNS.map(() => "?").join(", ")})`);
  const insertRound = prepared(`INSERT INTO events (${ROUND_COLUMNS.join(", ")}) SELECT ${ROUND_COLUMNS.map(() => "?").join(", ")} WHERE EXISTS (SELECT 1 FROM games WHERE id = ? AND winner IS NULL) ON CONFLICT (game_id, step_no) DO NOTHING`);
  const updateGame = prepared(`UPDATE games SET ${AFTER_ROUND} WHERE id = ?`);
  const intoOutbox = prepared(INTO_OUTBOX);
  const intoUncounted = prepared(INTO_UNCOUNTED);
  return {
    addGame: (game) =>
      together(() => {
        insertSession.run(game.sessionId, game.playerName, asTime(game.startedAt));
        insertGame.run(...gameValues(game));
      }),
    addRound: (gameId, round, context) =>
      together(() => {
        const { changes } = insertRound.run(...roundValues(gameId, round, context), gameId);
        if (changes === 0) return false;
        updateGame.run(...afterRoundValues(round, context), gameId);
        if (context.guesses.length > 0) intoUncounted.run(round.number, gameId);
        if (context.winner !== null) intoOutbox.run(gameId);
        return true;
      }),
  };
}
