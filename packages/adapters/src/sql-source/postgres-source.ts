import type { EvidenceSource } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import pg from "pg";

import { unavailable } from "../source/unavailable.ts";
import { parameterText } from "./parameters.ts";
import { sqlSource, type SqlDatabase, type SqlOptions, type SqlReading } from "./sql-source.ts";

export type PostgresSourceOptions = SqlOptions & {
  /** `postgres://…`; a user that may only read is best. */
  readonly url: string;
};

/** A query in PostgreSQL, or in what speaks its protocol. It runs in a transaction that can't write. */
export function postgresSource(options: PostgresSourceOptions): EvidenceSource {
  return sqlSource(options, postgresDatabase(options));
}

function postgresDatabase({ name, url, timeoutMs }: PostgresSourceOptions): SqlDatabase {
  const location = locationOf(url);
  return {
    kind: "postgres",
    location,
    async read(work) {
      const client = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: timeoutMs,
        application_name: "gauntlet evidence",
        // Text is exact for every type.
        types: { getTypeParser: () => (text: string) => text },
      });
      // A connection that breaks fails the statement under way; without a listener it would end the process.
      client.on("error", () => undefined);
      // Of everything together, and in case the server itself no longer answers; a statement that is slow it ends before.
      let isLate = false;
      const deadline = setTimeout(() => {
        isLate = true;
        client.end().catch(() => undefined);
      }, timeoutMs + SLACK_MS);
      try {
        await client.connect();
        await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
        // Settings of this transaction, since a pooler in between refuses those of a session.
        await client.query(`SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'`);
        return await work(readingOn(client));
      } catch (error) {
        if (error instanceof Failure) throw error;
        if (isLate) throw unavailable(name, `${location} did not finish within ${timeoutMs} ms`, { cause: error, fix: "see that the server is well, or raise timeoutMs" });
        throw unavailable(name, `${location}: ${messageOf(error)}`, { cause: error, fix: fixFor(error) });
      } finally {
        clearTimeout(deadline);
        await client.end().catch(() => undefined);
      }
    },
  };
}

const SLACK_MS = 500;

function readingOn(client: pg.Client): SqlReading {
  return {
    async select(text, values) {
      // The extended protocol takes one statement, also without values.
      const result = await client.query<(string | null)[]>({ text, values: values.map(parameterText), rowMode: "array", queryMode: "extended" } as pg.QueryArrayConfig);
      return { columns: result.fields.map((field) => field.name), rows: result.rows };
    },
  };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || String((error as { readonly code?: unknown }).code ?? error.name);
}

function fixFor(error: unknown): string {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "57014") return "make the query quicker (an index on the time), or raise timeoutMs";
  if (code.startsWith("28")) return "check user and password in the url";
  if (code === "25006") return "select only: the transaction can't write";
  if (code === "42501") return "let this user read the tables";
  if (code.startsWith("42") || code.startsWith("22")) return "mend the query in the configuration; try it in psql";
  return "see that the server runs and can be reached from here";
}

/** Without the password. */
function locationOf(url: string): string {
  try {
    const { protocol, username, host, pathname } = new URL(url);
    return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
  } catch {
    throw new Failure("invalid_input", "the PostgreSQL url can't be read", { fix: "write it as postgres://user:password@host:5432/database" });
  }
}
