import { Failure } from "@gauntlet/core";
import pg from "pg";
import { isRetryable, postgresFailure } from "./failures.ts";

/** A pool of connections. In statements, `@.` stands for the schema: `SELECT … FROM @.cells`; `@exp.` for that of experiments. */
export interface Database extends Queries {
  readonly schema: string;
  /** Reports know it by its name: `exp` beside the usual schema. */
  readonly experimentsSchema: string;
  readonly location: string;
  /**
   * Runs `work` in a read-committed transaction of its own connection; it is run again when PostgreSQL asks for that
   * (serialization failure, deadlock). `lock` names what no two transactions may work on at once.
   */
  transaction<T>(lock: string, work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Queries {
  /** Rows of a prepared statement. */
  all<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]>;
  /** How many rows a prepared statement changed. */
  run(sql: string, ...values: readonly unknown[]): Promise<number>;
  /** Several statements that take no values. */
  exec(sql: string): Promise<void>;
}

const CONNECTIONS_MAX = 8;
const CONNECT_TIMEOUT_MS = 5000;
/** A statement that waits longer has met something that is stuck. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** A process that was stopped in mid-transaction must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
const ATTEMPTS_MAX = 5;

export function openDatabase(url: string, schema: string): Database {
  const location = locationOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    application_name: "gauntlet",
    types: { getTypeParser: parserOf },
  });
  // Without listeners, a connection that breaks would end the process. An idle one is replaced at the next call; one
  // that is in use fails its next statement.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const experimentsSchema = schema === "gauntlet" ? "exp" : `${schema}_exp`;
  const statements = statementsOf(schema, experimentsSchema);
  let ending: Promise<void> | null = null;

  const connect = async (): Promise<pg.PoolClient> => {
    if (ending !== null) throw new Failure("store_unavailable", `the store in ${location} is closed`, { fix: "open it again" });
    return pool.connect();
  };
  const transactOnce = async <T>(lock: string, work: (queries: Queries) => Promise<T>): Promise<T> => {
    const client = await connect();
    let broken = false;
    try {
      await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
      // The lock comes first, so that what follows sees all that its last owner committed.
      await client.query({ name: "lock", text: "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", values: [`${schema}.${lock}`] });
      const result = await work(queriesOn(client, statements));
      await client.query("COMMIT");
      return result;
    } catch (error) {
      broken = await client.query("ROLLBACK").then(
        () => false,
        () => true,
      );
      throw error;
    } finally {
      client.release(broken);
    }
  };
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isRetryable(error) || attempt === ATTEMPTS_MAX) throw postgresFailure(location, error);
      }
    }
  };
  const withClient = <T>(work: (queries: Queries) => Promise<T>): Promise<T> =>
    guard(async () => {
      const client = await connect();
      try {
        return await work(queriesOn(client, statements));
      } finally {
        client.release();
      }
    });
  return {
    schema,
    experimentsSchema,
    location,
    all: <Row>(sql: string, ...values: readonly unknown[]) => withClient((queries) => queries.all<Row>(sql, ...values)),
    run: (sql, ...values) => withClient((queries) => queries.run(sql, ...values)),
    exec: (sql) => withClient((queries) => queries.exec(sql)),
    transaction: (lock, work) => guard(() => transactOnce(lock, work)),
    close: () => (ending ??= pool.end()),
  };
}

function queriesOn(client: pg.PoolClient, statements: (sql: string) => { readonly name: string; readonly text: string }): Queries {
  return {
    all: async <Row>(sql: string, ...values: readonly unknown[]) => (await client.query({ ...statements(sql), values: [...values] })).rows as Row[],
    run: async (sql, ...values) => (await client.query({ ...statements(sql), values: [...values] })).rowCount ?? 0,
    exec: async (sql) => {
      await client.query(statements(sql).text);
    },
  };
}

/** Each statement is named once, so that PostgreSQL parses and plans it once a connection. */
function statementsOf(schema: string, experimentsSchema: string): (sql: string) => { readonly name: string; readonly text: string } {
  const known = new Map<string, { readonly name: string; readonly text: string }>();
  const prefix = `${pg.escapeIdentifier(schema)}.`;
  const experimentsPrefix = `${pg.escapeIdentifier(experimentsSchema)}.`;
  return (sql) => {
    let statement = known.get(sql);
    if (statement === undefined) {
      statement = { name: `s${known.size}`, text: sql.replaceAll("@.", prefix).replaceAll("@exp.", experimentsPrefix) };
      known.set(sql, statement);
    }
    return statement;
  };
}

/** PostgreSQL's bigint; all of ours are safe integers. */
const INT8 = 20;

const parserOf: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === INT8 ? Number : (pg.types.getTypeParser(oid, format as "text") as (text: string) => unknown);

/** The url without its password. */
function locationOf(url: string): string {
  try {
    const { protocol, username, host, pathname } = new URL(url);
    return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
  } catch {
    throw new Failure("invalid_input", "the PostgreSQL url can't be read", { fix: "write it as postgres://user:password@host:5432/database" });
  }
}
