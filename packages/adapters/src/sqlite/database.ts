import { Failure } from "@gauntlet/core";
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue, StatementSync } from "node:sqlite";

/** One connection with its prepared statements. All calls are synchronous, so a transaction is never interleaved. */
export interface Database {
  readonly file: string;
  all<Row>(sql: string, ...values: readonly SQLInputValue[]): Row[];
  get<Row>(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  /** Returns how many rows changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number;
  /** Runs several statements that take no values. */
  exec(sql: string): void;
  /** All or nothing, durable when it returns. Not nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** @throws Failure `store_unavailable` when the file can't be opened or is no database. */
export function openDatabase(file: string, mode: "read-write" | "read-only"): Database {
  return guard(file, () => connect(file, mode));
}

const PAGE_CACHE_KIB = 32 * 1024;
const BUSY_TIMEOUT_MS = 5000;
/** Pages in the log before it is copied into the database: a page that is written often is copied once. */
const CHECKPOINT_PAGES = 4000;

function connect(file: string, mode: "read-write" | "read-only"): Database {
  const connection = new DatabaseSync(file, { readOnly: mode === "read-only", enableForeignKeyConstraints: true, timeout: BUSY_TIMEOUT_MS });
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = connection.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  connection.exec(`PRAGMA cache_size = -${PAGE_CACHE_KIB}`);
  if (mode === "read-write") {
    connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  }
  const database: Database = {
    file,
    all: <Row>(sql: string, ...values: readonly SQLInputValue[]) => guard(file, () => prepared(sql).all(...values) as Row[]),
    get: <Row>(sql: string, ...values: readonly SQLInputValue[]) => guard(file, () => prepared(sql).get(...values) as Row | undefined),
    run: (sql, ...values) => guard(file, () => Number(prepared(sql).run(...values).changes)),
    exec: (sql) => guard(file, () => connection.exec(sql)),
    transaction: (work) => {
      database.run("BEGIN IMMEDIATE");
      try {
        const result = work();
        database.run("COMMIT");
        return result;
      } catch (error) {
        // A full disk, for one, has rolled back already.
        if (connection.isOpen && connection.isTransaction) connection.exec("ROLLBACK");
        throw error;
      }
    },
    close: () => {
      if (connection.isOpen) connection.close();
    },
  };
  return database;
}

const READ_ONLY = 8;
const CONSTRAINT = 19;

/** Turns what SQLite says into a Failure; a Failure passes. */
function guard<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "ERR_INVALID_STATE") {
      throw new Failure("store_unavailable", `the database ${file} is closed`, { fix: "open the store again", cause: error });
    }
    if (error.code !== "ERR_SQLITE_ERROR") throw error;
    throw sqliteFailure(file, error);
  }
}

function sqliteFailure(file: string, error: Error): Failure {
  const primary = "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : 0;
  if (primary === READ_ONLY) {
    return new Failure("forbidden", `the database ${file} was opened for reading only`, { fix: "let the process that holds the data directory write", cause: error });
  }
  if (primary === CONSTRAINT) return new Failure("internal", `${file}: ${error.message}`, { cause: error });
  return new Failure("store_unavailable", `SQLite can't use ${file}: ${error.message}`, { fix: FIXES[primary] ?? "see what SQLite says, then try again", cause: error });
}

/** By SQLite's primary result code (https://sqlite.org/rescode.html). */
const FIXES: Readonly<Record<number, string>> = {
  5: "another process is writing; try again",
  10: "check the disk: the operating system reported an error",
  11: "the file is damaged; restore it from a backup",
  13: "the disk is full; make room, then try again",
  14: "check that the folder exists and may be written",
  26: "this file is not a database; use another data directory",
};
