import type { Store } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sqliteAllocations } from "./allocations.ts";
import { lockDataDir } from "./data-dir-lock.ts";
import type { DataDirLock } from "./data-dir-lock.ts";
import { openDatabase } from "./database.ts";
import type { Database } from "./database.ts";
import { sqliteEvidence } from "./evidence.ts";
import { sqliteExperiments } from "./experiments/sqlite-experiments.ts";
import { foldQueue } from "./fold-queue.ts";
import { sqliteIdempotency } from "./idempotency.ts";
import { sqliteLeases } from "./leases.ts";
import { sqliteLedger } from "./ledger.ts";
import { sqliteMatches } from "./matches.ts";
import { checkSchema, migrate } from "./migrate.ts";
import { sqliteDeliveries, sqliteMonitor } from "./monitor.ts";
import { sqliteSync } from "./sync.ts";
import { sqliteTokens } from "./tokens.ts";

export interface SqliteOptions {
  /** Made when it does not exist (exclusive mode). */
  readonly dataDir: string;
  /** exclusive: the one process that writes. read-only: beside it, or without it. */
  readonly mode: "exclusive" | "read-only";
  /** What this process calls itself to others who want the directory, for example `gauntlet up`. */
  readonly holder: string;
}

export interface SqliteStore extends Store {
  /** Tells others who want the data directory where this process's server listens. Does nothing when read-only. */
  announce(url: string): void;
}

/**
 * The store in one data directory: `gauntlet.db`, `lock.db` and `holder.json`. Every write is on disk when its
 * promise resolves.
 * @throws Failure `data_dir_in_use`, `store_unavailable`, `conflict` (a schema this program doesn't know), `not_found`
 * (nothing to read)
 */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  return options.mode === "exclusive" ? openExclusive(options) : openReadOnly(options);
}

function openExclusive({ dataDir, holder }: SqliteOptions): SqliteStore {
  const lock = lockDataDir(dataDir, holder);
  let database: Database | null = null;
  try {
    database = openDatabase(join(dataDir, "gauntlet.db"), "read-write");
    migrate(database);
    return storeOver(database, dataDir, lock);
  } catch (error) {
    database?.close();
    lock.release();
    throw error;
  }
}

function openReadOnly({ dataDir }: SqliteOptions): SqliteStore {
  const file = join(dataDir, "gauntlet.db");
  if (!existsSync(file)) {
    throw new Failure("not_found", `there is no Gauntlet data in ${dataDir}`, { fix: "give the data directory of a Gauntlet that has run, or start one with `gauntlet up`" });
  }
  const database = openDatabase(file, "read-only");
  try {
    checkSchema(database);
    return storeOver(database, dataDir, null);
  } catch (error) {
    database.close();
    throw error;
  }
}

function storeOver(database: Database, dataDir: string, lock: DataDirLock | null): SqliteStore {
  const queue = foldQueue(database);
  const version = database.get<{ readonly version: string }>("SELECT sqlite_version() AS version")?.version ?? "unknown";
  return {
    evidence: sqliteEvidence(database, queue),
    ledger: sqliteLedger(database),
    leases: sqliteLeases(database),
    allocations: sqliteAllocations(database),
    idempotency: sqliteIdempotency(database),
    tokens: sqliteTokens(database),
    experiments: sqliteExperiments(database),
    matches: sqliteMatches(database),
    sync: sqliteSync(database),
    monitor: sqliteMonitor(database),
    deliveries: sqliteDeliveries(database),
    description: { adapter: "sqlite", version, location: dataDir },
    announce: (url) => lock?.announce(url),
    close: async () => {
      queue.drain();
      database.close();
      lock?.release();
    },
  };
}
