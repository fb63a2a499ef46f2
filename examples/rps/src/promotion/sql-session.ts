import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Pool } from "pg";

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** One question; its places are written ?1, ?2 …, whatever the engine. */
export type Ask = (sql: string, values?: readonly SqlValue[]) => Promise<readonly SqlRow[]>;

/** A database in which all of a piece of work happens, or none of it. */
export interface SqlSession {
  /** What the engine calls a key that numbers itself, and a whole number of 64 bits. */
  readonly words: { readonly key: string; readonly whole: string };
  /** Asked before tables are made: of processes that begin at once, one makes them. Null where a transaction is alone anyway. */
  readonly lock: string | null;
  atomically<T>(work: (ask: Ask) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @param file a path, or ":memory:". It may be the file of the games: each has its own tables. */
export function sqliteSession(file: string): SqlSession {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  const statements = new Map<string, StatementSync>();
  const ask: Ask = async (sql, values = []) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement.all(...(values as readonly SQLInputValue[])) as unknown as readonly SqlRow[];
  };
  /** One connection has one transaction: who comes later waits. */
  let last: Promise<unknown> = Promise.resolve();
  return {
    words: { key: "INTEGER PRIMARY KEY AUTOINCREMENT", whole: "INTEGER" },
    lock: null,
    atomically: (work) => {
      const turn = last.then(async () => {
        database.exec("BEGIN IMMEDIATE");
        try {
          const result = await work(ask);
          database.exec("COMMIT");
          return result;
        } catch (error) {
          if (database.isTransaction) database.exec("ROLLBACK");
          throw error;
        }
      });
      last = turn.catch(() => undefined);
      return turn;
    },
    async close() {
      await last;
      database.close();
    },
  };
}

/** @param pool stays the caller's, who ends it. */
export function postgresSession(pool: Pick<Pool, "connect">): SqlSession {
  return {
    words: { key: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", whole: "BIGINT" },
    lock: "SELECT pg_advisory_xact_lock(hashtextextended('rps promotions', 0))",
    async atomically(work) {
      const client = await pool.connect();
      let isBroken = false;
      try {
        await client.query("BEGIN");
        const result = await work(async (sql, values = []) => (await client.query<Record<string, unknown>>(sql.replaceAll(/\?(\d+)/g, "$$$1"), [...values])).rows);
        await client.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {
          isBroken = true;
        });
        throw error;
      } finally {
        client.release(isBroken);
      }
    },
    close: async () => undefined,
  };
}
