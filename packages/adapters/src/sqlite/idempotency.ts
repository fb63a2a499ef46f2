import { unknownKey } from "@gauntlet/controller";
import type { IdempotencyState, IdempotencyStore } from "@gauntlet/controller";
import type { Database } from "./database.ts";

export function sqliteIdempotency(database: Database): IdempotencyStore {
  return {
    begin: async (request) => database.transaction(() => begin(database, request)),
    finish: async (key, answer) => {
      const finished = database.run("UPDATE idempotency_keys SET status = ?, body = ? WHERE key = ? AND status IS NULL", answer.status, answer.body, key);
      if (finished === 0 && read(database, key) === undefined) throw unknownKey(key);
    },
    abandon: async (key) => {
      database.run("DELETE FROM idempotency_keys WHERE key = ? AND status IS NULL", key);
    },
    forget: async (before) => database.run("DELETE FROM idempotency_keys WHERE begun_at < ?", before),
  };
}

interface KeyRow {
  readonly digest: string;
  readonly begun_at: number;
  readonly status: number | null;
  readonly body: string | null;
}

function read(database: Database, key: string): KeyRow | undefined {
  return database.get<KeyRow>("SELECT digest, begun_at, status, body FROM idempotency_keys WHERE key = ?", key);
}

function begin(database: Database, { key, digest, now, staleMs }: Parameters<IdempotencyStore["begin"]>[0]): IdempotencyState {
  const row = read(database, key);
  if (row === undefined || (row.status === null && row.begun_at < now - staleMs)) {
    database.run(
      "INSERT INTO idempotency_keys (key, digest, begun_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET digest = excluded.digest, begun_at = excluded.begun_at",
      key, digest, now,
    );
    return { kind: "new" };
  }
  if (row.digest !== digest) return { kind: "mismatch" };
  return row.status === null ? { kind: "in_flight" } : { kind: "done", status: row.status, body: row.body ?? "" };
}
