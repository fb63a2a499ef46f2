import { unknownKey } from "@gauntlet/controller";
import type { IdempotencyState, IdempotencyStore } from "@gauntlet/controller";
import type { Database, Queries } from "./database.ts";

export function postgresIdempotency(database: Database): IdempotencyStore {
  return {
    begin: (request) => database.transaction(`key ${request.key}`, (queries) => begin(queries, request)),
    finish: async (key, answer) => {
      const finished = await database.run("UPDATE @.idempotency_keys SET status = $2, body = $3 WHERE key = $1 AND status IS NULL", key, answer.status, answer.body);
      if (finished === 0 && (await read(database, key)) === undefined) throw unknownKey(key);
    },
    abandon: async (key) => {
      await database.run("DELETE FROM @.idempotency_keys WHERE key = $1 AND status IS NULL", key);
    },
    forget: (before) => database.run("DELETE FROM @.idempotency_keys WHERE begun_at < $1", before),
  };
}

interface KeyRow {
  readonly digest: string;
  readonly begun_at: number;
  readonly status: number | null;
  readonly body: string | null;
}

async function read(queries: Queries, key: string): Promise<KeyRow | undefined> {
  const [row] = await queries.all<KeyRow>("SELECT digest, begun_at, status, body FROM @.idempotency_keys WHERE key = $1", key);
  return row;
}

async function begin(queries: Queries, { key, digest, now, staleMs }: Parameters<IdempotencyStore["begin"]>[0]): Promise<IdempotencyState> {
  // Taken in one statement: it can't overwrite an answer that is being written at this moment.
  const taken = await queries.run(
    `INSERT INTO @.idempotency_keys AS k (key, digest, begun_at) VALUES ($1, $2, $3)
     ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, begun_at = excluded.begun_at WHERE k.status IS NULL AND k.begun_at < $4`,
    key,
    digest,
    now,
    now - staleMs,
  );
  if (taken > 0) return { kind: "new" };
  const row = await read(queries, key);
  // Abandoned in between: the caller who had it is done, and this one must try again.
  if (row === undefined) return { kind: "in_flight" };
  if (row.digest !== digest) return { kind: "mismatch" };
  return row.status === null ? { kind: "in_flight" } : { kind: "done", status: row.status, body: row.body ?? "" };
}
