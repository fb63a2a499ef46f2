import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { postgresSession, sqliteSession, type SqlSession } from "../promotion/sql-session.ts";
import type { GameData } from "../store/game-data.ts";
import { openPool } from "../store/postgres/open-pool.ts";
import { openPostgresGames } from "../store/postgres/open-postgres-games.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import type { SharedSettings } from "./settings.ts";

export interface DeployedData {
  readonly games: GameData;
  readonly promotions: SqlSession;
  close(): Promise<void>;
}

/** Games and promotion events where the settings say: in one PostgreSQL database, or in two files beside each other. */
export async function openData({ database }: SharedSettings): Promise<DeployedData> {
  if (database.kind === "postgres") {
    const pool = openPool(database.url);
    try {
      const games = await openPostgresGames(pool);
      return { games, promotions: postgresSession(pool), close: () => pool.end() };
    } catch (error) {
      await pool.end();
      throw error;
    }
  }
  mkdirSync(dirname(database.file), { recursive: true });
  const games = openSqliteGames(database.file);
  return { games, promotions: sqliteSession(join(dirname(database.file), "promotions.db")), close: () => games.close() };
}
