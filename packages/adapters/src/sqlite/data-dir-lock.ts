import { Failure } from "@gauntlet/core";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Who has a data directory, as `holder.json` in it says. */
export interface Holder {
  /** What the process calls itself, for example `gauntlet up`. */
  readonly holder: string;
  readonly pid: number;
  readonly host: string;
  /** Where its server listens; null before it does, or when it has none. */
  readonly url: string | null;
  /** ISO 8601. */
  readonly since: string;
}

export interface DataDirLock {
  /** Tells others where the holder's server listens. */
  announce(url: string): void;
  release(): void;
}

/**
 * Takes the data directory for this process. The lock is SQLite's lock on `lock.db`, which the operating system
 * drops with the process, however that ends; `holder.json` only says who it is.
 * @throws Failure `data_dir_in_use` naming the holder; `store_unavailable` when the directory can't be written.
 */
export function lockDataDir(dataDir: string, holder: string): DataDirLock {
  const lock = openLock(dataDir);
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw isBusy(error) ? inUse(dataDir, error) : unusable(dataDir, error);
  }
  HELD.add(lock);
  let present: Holder = { holder, pid: process.pid, host: hostname(), url: null, since: new Date().toISOString() };
  writeHolder(dataDir, present);
  return {
    announce: (url) => {
      present = { ...present, url };
      writeHolder(dataDir, present);
    },
    release: () => {
      if (!lock.isOpen) return;
      rmSync(holderFile(dataDir), { force: true });
      lock.close();
      HELD.delete(lock);
    },
  };
}

/** A connection that nobody refers to is closed by the garbage collector, and its lock would go with it. */
const HELD = new Set<DatabaseSync>();

/** Who holds the directory now; null when nobody does, whatever a process that was killed has left behind. */
export function readHolder(dataDir: string): Holder | null {
  return isLocked(dataDir) ? readHolderFile(dataDir) : null;
}

/** Long enough for a `readHolder` elsewhere to let go again. */
const LOCK_TIMEOUT_MS = 250;

function openLock(dataDir: string): DatabaseSync {
  try {
    mkdirSync(dataDir, { recursive: true });
    return new DatabaseSync(join(dataDir, "lock.db"), { timeout: LOCK_TIMEOUT_MS });
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

function isLocked(dataDir: string): boolean {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(join(dataDir, "lock.db"), { readOnly: true });
    // A read takes a shared lock for an instant, which an exclusive one refuses.
    lock.prepare("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    lock?.close();
  }
}

const BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === BUSY;
}

function inUse(dataDir: string, cause: unknown): Failure {
  const holder = readHolderFile(dataDir);
  const who = holder === null ? "another process" : `${holder.holder} (process ${holder.pid} on ${holder.host}, since ${holder.since}${holder.url === null ? "" : `, at ${holder.url}`})`;
  const instead = holder?.url ? `use the server at ${holder.url}, ` : "";
  const stop = holder === null ? "stop that process" : `stop process ${holder.pid}`;
  return new Failure("data_dir_in_use", `the data directory ${dataDir} is in use by ${who}`, { fix: `${instead}${stop}, or choose another data directory`, cause });
}

function unusable(dataDir: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure("store_unavailable", `the data directory ${dataDir} can't be used: ${why}`, { fix: "choose a folder that exists, or can be made, and may be written", cause });
}

function writeHolder(dataDir: string, holder: Holder): void {
  // Renamed into place, so that nobody reads half a file.
  const fresh = join(dataDir, `holder.${process.pid}.tmp`);
  writeFileSync(fresh, `${JSON.stringify(holder, null, 2)}\n`);
  renameSync(fresh, holderFile(dataDir));
}

function readHolderFile(dataDir: string): Holder | null {
  try {
    return JSON.parse(readFileSync(holderFile(dataDir), "utf8")) as Holder;
  } catch {
    // The holder is just starting or ending: it is locked all the same, by somebody we can't name.
    return null;
  }
}

function holderFile(dataDir: string): string {
  return join(dataDir, "holder.json");
}
