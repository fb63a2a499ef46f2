import { Failure } from "@gauntlet/core";
import pg from "pg";
import type { Database, Queries } from "./database.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Migration } from "./migrations/index.ts";

/** server_version_num of PostgreSQL 15. */
const OLDEST_SERVER = 150_000;

/**
 * Brings the schema up to date, each migration in its own transaction, recorded in the table `migrations`. Processes
 * that start at once wait for one another on an advisory lock. Returns the server's version.
 * @throws Failure `conflict` when the server is too old or the schema is newer than this program.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<string> {
  const [server] = await database.all<{ readonly version: string; readonly number: number }>(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number",
  );
  if (server === undefined || server.number < OLDEST_SERVER) {
    throw new Failure("conflict", `the server at ${database.location} is PostgreSQL ${server?.version}; Gauntlet needs 15 or newer`, { fix: "use a newer PostgreSQL server" });
  }
  const found = await database.transaction("migrations", async (queries) => {
    await prepare(database, queries);
    return schemaNumber(queries);
  });
  refuseNewer(database, found, migrations.length);
  for (const [index, migration] of migrations.entries()) {
    if (index < found) continue;
    await database.transaction("migrations", async (queries) => {
      const done = await schemaNumber(queries);
      refuseNewer(database, done, migrations.length);
      if (index >= done) await apply(database, queries, { number: index + 1, migration });
    });
  }
  return server.version;
}

async function prepare(database: Database, queries: Queries): Promise<void> {
  for (const schema of [database.schema, database.experimentsSchema]) {
    const found = await queries.all("SELECT 1 FROM information_schema.schemata WHERE schema_name = $1", schema);
    // Asked first: a user who may not create schemas may use one that was made for it.
    if (found.length === 0) await queries.exec(`CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(schema)}`);
  }
  await queries.exec("CREATE TABLE IF NOT EXISTS @.migrations (number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
}

async function apply(database: Database, queries: Queries, step: { readonly number: number; readonly migration: Migration }): Promise<void> {
  await queries.exec(`SET LOCAL search_path TO ${pg.escapeIdentifier(database.schema)}`);
  await queries.exec(step.migration.sql);
  await queries.run("INSERT INTO @.migrations (number, name) VALUES ($1, $2)", step.number, step.migration.name);
}

async function schemaNumber(queries: Queries): Promise<number> {
  const [row] = await queries.all<{ readonly number: number }>("SELECT coalesce(max(number), 0) AS number FROM @.migrations");
  return row?.number ?? 0;
}

function refuseNewer(database: Database, done: number, known: number): void {
  if (done <= known) return;
  throw new Failure("conflict", `the schema ${database.schema} at ${database.location} has number ${done}; this program knows schemas up to ${known}`, {
    fix: "start the newer Gauntlet that wrote it, or use another schema",
  });
}
