import { Failure } from "@gauntlet/core";
import type { Database } from "./database.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Migration } from "./migrations/index.ts";

/**
 * Brings the schema up to date, each migration in its own transaction, recorded in the table `migrations`.
 * @throws Failure `conflict` when the database is newer than this program.
 */
export function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  database.exec("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT");
  const done = schemaNumber(database);
  refuseNewer(database, done, migrations.length);
  for (const [index, migration] of migrations.entries()) {
    if (index < done) continue;
    database.transaction(() => {
      database.exec(migration.sql);
      database.run("INSERT INTO migrations (number, name) VALUES (?, ?)", index + 1, migration.name);
    });
  }
}

/**
 * For a reader, who may not migrate.
 * @throws Failure `conflict` when the schema is not the one this program knows.
 */
export function checkSchema(database: Database): void {
  const present = database.get<{ readonly n: number }>("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'migrations'");
  const done = present?.n === 1 ? schemaNumber(database) : 0;
  refuseNewer(database, done, MIGRATIONS.length);
  if (done < MIGRATIONS.length) {
    throw new Failure("conflict", `the database ${database.file} has schema ${done}, and this program reads schema ${MIGRATIONS.length}`, {
      fix: "start `gauntlet up` once on this data directory: it brings the schema up to date",
    });
  }
}

function schemaNumber(database: Database): number {
  return database.get<{ readonly number: number }>("SELECT coalesce(max(number), 0) AS number FROM migrations")?.number ?? 0;
}

function refuseNewer(database: Database, done: number, known: number): void {
  if (done <= known) return;
  throw new Failure("conflict", `the database ${database.file} has schema ${done}; this program knows schemas up to ${known}`, {
    fix: "start the newer Gauntlet that wrote it, or use another data directory",
  });
}
