import { Failure, nearest } from "@gauntlet/core";
import { closeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import { openFile } from "./read-lines.ts";

/** A SQLite file of somebody else's, in one read transaction: what is read is one moment of it, whoever writes meanwhile. */
export interface MatchDatabase {
  readonly path: string;
  readonly connection: DatabaseSync;
  /** Columns of each table. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
}

const WAIT_MS = 5000;

/**
 * Runs `work` on the file and closes it. Nothing is ever written to it; beside a database in WAL mode SQLite itself may
 * put its `-shm` and `-wal` files.
 *
 * @throws Failure `not_found`, `invalid_input` for what is damaged or no database, `store_unavailable` for a locked file
 */
export function* readDatabase<T>(path: string, waitMs: number | undefined, work: (database: MatchDatabase) => Generator<T>): Generator<T> {
  const connection = sqliteGuard(path, () => openReading(path, waitMs ?? WAIT_MS));
  try {
    const tables = sqliteGuard(path, () => {
      connection.exec("BEGIN");
      return tablesOf(connection);
    });
    const rows = work({ path, connection, tables });
    for (;;) {
      const next = sqliteGuard(path, () => rows.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    connection.close();
  }
}

/** The columns of a table that must be there. @throws Failure `invalid_input` naming what was found. */
export function requireTable({ path, tables }: MatchDatabase, name: string): readonly string[] {
  const columns = tables.get(name);
  if (columns !== undefined) return columns;
  const found = [...tables.keys()];
  const near = nearest(name, found);
  throw new Failure("invalid_input", `${path} has no table ${name}; ${found.length === 0 ? "it has none at all" : `its tables are ${list(found)}`}`, { fix: near === null ? "name a database of matches: the rating service's, the reconciler's or the tournament module's" : `it has ${near}; is it an older version?` });
}

/** At most a dozen names. */
export function list(names: readonly string[]): string {
  return names.length <= 12 ? names.join(", ") : `${names.slice(0, 12).join(", ")} and ${names.length - 12} more`;
}

function openReading(path: string, waitMs: number): DatabaseSync {
  closeSync(openFile(path));
  const connection = new DatabaseSync(path, { readOnly: true, timeout: waitMs, enableDoubleQuotedStringLiterals: false });
  // A file from elsewhere may hold views and triggers that call functions.
  connection.exec("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON");
  return connection;
}

function tablesOf(connection: DatabaseSync): ReadonlyMap<string, readonly string[]> {
  const rows = connection.prepare("SELECT m.name AS name, c.name AS column FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid").all() as { name: string; column: string }[];
  return new Map([...Map.groupBy(rows, ({ name }) => name)].map(([name, columns]) => [name, columns.map(({ column }) => column)]));
}

/** Turns what SQLite says of somebody's file into a Failure; a Failure passes. */
export function sqliteGuard<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_SQLITE_ERROR") throw error;
    const primary = "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : 0;
    const [code, what, fix] = SAYINGS[primary] ?? (["store_unavailable", "can't be used by SQLite", "see what SQLite says, then try again"] as const);
    throw new Failure(code, `${path} ${what}: ${error.message}`, { fix, cause: error });
  }
}

/** By SQLite's primary result code (https://sqlite.org/rescode.html). */
const SAYINGS: Readonly<Record<number, readonly ["invalid_input" | "store_unavailable" | "forbidden", string, string]>> = {
  5: ["store_unavailable", "is locked by another process", "try again when it has finished writing"],
  6: ["store_unavailable", "is locked by another process", "try again when it has finished writing"],
  8: ["forbidden", "may not be written", "write to another file"],
  10: ["store_unavailable", "can't be read or written", "check the disk: the operating system reported an error"],
  11: ["invalid_input", "is a damaged or cut-off database", "take it from its node again, with sqlite3's .backup rather than by copying; or restore it"],
  13: ["store_unavailable", "can't grow", "the disk is full; make room, then try again"],
  14: ["store_unavailable", "can't be opened", "check that the folder may be written: a database in WAL mode needs files beside it"],
  26: ["invalid_input", "is not a database", "name a file of NDJSON or SQLite"],
};
