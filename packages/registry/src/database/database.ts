import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue, StatementSync } from "node:sqlite";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { Failure } from "@gauntlet/core";

/** A row as SQLite gives it; the reader of a table knows its columns. */
export type Row = Readonly<Record<string, string | number | null>>;

/** SQL with its statements kept prepared. */
export interface Database {
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
  first(sql: string, ...values: readonly SQLInputValue[]): Row | null;
  /** Returns how many rows changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number;
  /** All of it or nothing; durable when it returns. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** @param path a file, or ":memory:". */
export function openDatabase(path: string): Database {
  const sqlite = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 });
  sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  migrate(sqlite, path);
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = sqlite.prepare(sql);
      // Searches build their SQL from a filter, so the number of texts has no bound of its own.
      if (statements.size >= STATEMENTS_MAX) statements.clear();
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    all: (sql, ...values) => prepare(sql).all(...values) as readonly Row[],
    first: (sql, ...values) => (prepare(sql).get(...values) as Row | undefined) ?? null,
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    transaction(work) {
      sqlite.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        sqlite.exec("COMMIT");
        return result;
      } catch (error) {
        if (sqlite.isTransaction) sqlite.exec("ROLLBACK");
        throw error;
      }
    },
    close: () => sqlite.close(),
  };
}

const STATEMENTS_MAX = 500;

function migrate(sqlite: DatabaseSync, path: string): void {
  const found = Number((sqlite.prepare("PRAGMA user_version").get() as { user_version: number }).user_version);
  if (found === SCHEMA_VERSION) return;
  if (found > SCHEMA_VERSION) {
    sqlite.close();
    throw new Failure("store_unavailable", `The registry database ${path} has schema ${found}; this program knows schema ${SCHEMA_VERSION}.`, {
      fix: "Start it with the newer Gauntlet that wrote it.",
    });
  }
  sqlite.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}
