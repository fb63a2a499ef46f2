import { Failure } from "@gauntlet/core";
import pg from "pg";

const CONNECTIONS_MAX = 8;
const CONNECT_TIMEOUT_MS = 5000;
/** A statement that waits longer has met something that is stuck. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** PostgreSQL's bigint, and the sum of several; all of ours are safe integers. */
const WHOLE_NUMBERS: readonly number[] = [20, 1700];

/** Connections to a database, for the games and whatever else is kept there. @throws Failure `invalid_input` for an address that is none. */
export function openPool(url: string): pg.Pool {
  if (!/^postgres(?:ql)?:$/.test(URL.parse(url)?.protocol ?? "")) throw new Failure("invalid_input", "the PostgreSQL url can't be read", { fix: "write it as postgres://user:password@host:5432/database" });
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: "gauntlet rps",
    types: { getTypeParser: parserOf },
  });
  // Without listeners a connection that breaks would end the process. An idle one is replaced, one in use fails its statement.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

const parserOf: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  WHOLE_NUMBERS.includes(oid) ? Number : (pg.types.getTypeParser(oid, format as "text") as (text: string) => unknown);
