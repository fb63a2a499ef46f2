import { Failure } from "@gauntlet/core";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readHolder } from "./data-dir-lock.ts";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import type { SqliteStore } from "./open-sqlite-store.ts";

let dataDir: string;
const opened: SqliteStore[] = [];

beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), "gauntlet-data-")), "made", "when missing");
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(join(dataDir, "..", ".."), { recursive: true });
});

async function open(mode: "exclusive" | "read-only", holder = "gauntlet up"): Promise<SqliteStore> {
  const store = await openSqliteStore({ dataDir, mode, holder });
  opened.push(store);
  return store;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

const allocation = { model: "mail", epoch: 1, seed: "s", arms: [], shadow: false };

test("a second opener is refused, told who has the directory and what to do", async () => {
  const first = await open("exclusive");
  expect(readHolder(dataDir)).toMatchObject({ holder: "gauntlet up", pid: process.pid, url: null });
  const early = await failureOf(open("exclusive"));
  expect(early).toMatchObject({ code: "data_dir_in_use", fix: `stop process ${process.pid}, or choose another data directory` });
  first.announce("http://127.0.0.1:4400");
  expect(readHolder(dataDir)?.url).toBe("http://127.0.0.1:4400");
  const late = await failureOf(open("exclusive"));
  expect(late.message).toContain(`${dataDir} is in use by gauntlet up (process ${process.pid} on `);
  expect(late.message).toContain("at http://127.0.0.1:4400");
  expect(late.fix).toBe(`use the server at http://127.0.0.1:4400, stop process ${process.pid}, or choose another data directory`);
  await first.close();
  expect(readHolder(dataDir)).toBeNull();
  await open("exclusive");
});

test("a holder that is killed leaves no lock, and what it wrote is there", async () => {
  const script = `
    import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, "open-sqlite-store.ts"))};
    const store = await openSqliteStore({ dataDir: ${JSON.stringify(dataDir)}, mode: "exclusive", holder: "the child" });
    await store.allocations.put(${JSON.stringify(allocation)});
    process.stdout.write("ready");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [first] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
    expect(String(first)).toBe("ready");
    const refused = await failureOf(open("exclusive"));
    expect(refused.message).toContain(`the child (process ${child.pid} on `);
  } finally {
    child.kill("SIGKILL");
  }
  await once(child, "exit");
  expect(existsSync(join(dataDir, "holder.json"))).toBe(true);
  expect(readHolder(dataDir)).toBeNull();
  const store = await open("exclusive");
  expect(await store.allocations.get("mail")).toEqual(allocation);
});

test("a reader works beside the holder and after it, sees what is committed, and writes nothing", async () => {
  const absent = await failureOf(open("read-only"));
  expect(absent).toMatchObject({ code: "not_found" });
  const writer = await open("exclusive");
  const reader = await open("read-only");
  expect(await reader.allocations.get("mail")).toBeNull();
  await writer.allocations.put(allocation);
  expect(await reader.allocations.get("mail")).toEqual(allocation);
  expect(await failureOf(reader.allocations.put({ ...allocation, epoch: 2 }))).toMatchObject({ code: "forbidden" });
  expect(await failureOf(reader.leases.acquire({ name: "l", holder: "h", now: 1, ttlMs: 1 }))).toMatchObject({ code: "forbidden" });
  const batch = { model: "mail", batchId: "b", digest: "d", at: 0, requestIds: [] };
  expect(await failureOf(reader.evidence.fold(batch, () => ({ cells: [], predictions: [], labels: [], answer: null })))).toMatchObject({ code: "forbidden" });
  await writer.close();
  expect(await reader.allocations.get("mail")).toEqual(allocation);
  await reader.close();
  const alone = await open("read-only");
  expect(await alone.allocations.get("mail")).toEqual(allocation);
});

test("durability is what it says: WAL, synchronous FULL, foreign keys", () => {
  rmSync(join(dataDir, ".."), { recursive: true, force: true });
  const database = openDatabase(join(dataDir, "..", "..", "x.db"), "read-write");
  expect(database.get("PRAGMA journal_mode")).toEqual({ journal_mode: "wal" });
  expect(database.get("PRAGMA synchronous")).toEqual({ synchronous: 2 });
  expect(database.get("PRAGMA foreign_keys")).toEqual({ foreign_keys: 1 });
  expect(database.get("PRAGMA busy_timeout")).toEqual({ timeout: 5000 });
  database.close();
});

test("a schema that is newer than the program is refused, for writing and for reading", async () => {
  const store = await open("exclusive");
  await store.close();
  const database = new DatabaseSync(join(dataDir, "gauntlet.db"));
  database.exec("INSERT INTO migrations (number, name) VALUES (99, '099-the-future')");
  database.close();
  for (const mode of ["exclusive", "read-only"] as const) {
    const refused = await failureOf(open(mode));
    expect(refused.code).toBe("conflict");
    expect(refused.message).toContain(`has schema 99; this program knows schemas up to ${MIGRATIONS.length}`);
  }
  expect(readHolder(dataDir)).toBeNull();
});

test("migrations are numbered, run once each, and an older database is brought up to date", async () => {
  const file = join(dataDir, "..", "..", "old.db");
  const database = openDatabase(file, "read-write");
  migrate(database, MIGRATIONS.slice(0, 1));
  migrate(database);
  migrate(database);
  expect(database.all("SELECT number, name FROM migrations ORDER BY number")).toEqual(MIGRATIONS.map(({ name }, index) => ({ number: index + 1, name })));
  for (const [index, { name }] of MIGRATIONS.entries()) expect(Number(name.slice(0, 3))).toBe(index + 1);
  database.close();
});

test("a migration that fails half-way leaves nothing of itself", () => {
  const database = openDatabase(join(dataDir, "..", "..", "half.db"), "read-write");
  const broken = { name: "002-broken", sql: "CREATE TABLE half (x INTEGER); SELECT no_such_function();" };
  expect(() => migrate(database, [...MIGRATIONS.slice(0, 1), broken])).toThrow(Failure);
  expect(database.all("SELECT number FROM migrations")).toEqual([{ number: 1 }]);
  expect(database.get("SELECT 1 FROM sqlite_schema WHERE name = 'half'")).toBeUndefined();
  migrate(database);
  expect(database.get("SELECT max(number) AS number FROM migrations")).toEqual({ number: MIGRATIONS.length });
  database.close();
});

test("a reader of an older schema is told to let a writer migrate it", async () => {
  const store = await open("exclusive");
  await store.close();
  const database = new DatabaseSync(join(dataDir, "gauntlet.db"));
  database.exec(`DELETE FROM migrations WHERE number = ${MIGRATIONS.length}`);
  database.close();
  expect(await failureOf(open("read-only"))).toMatchObject({ code: "conflict", fix: expect.stringContaining("gauntlet up") as string });
});

test("ledger entries can't be changed or deleted, not even by SQL (I2)", async () => {
  const store = await open("exclusive");
  const entry = { chain: "mail", seq: 1, at: 1, prev: "0".repeat(64), hash: "h", event: { kind: "resume", by: "Ada", reason: "" } } as const;
  await store.ledger.append({ chain: "mail", expect: { seq: 0, hash: entry.prev }, fence: null, entries: [entry], state: null });
  await store.close();
  const database = new DatabaseSync(join(dataDir, "gauntlet.db"));
  expect(() => database.exec("UPDATE entries SET entry = '{}'")).toThrow("never changed");
  expect(() => database.exec("DELETE FROM entries")).toThrow("never deleted");
  database.close();
});

test("a file that is no database, and a folder that can't be made, are said to be so", async () => {
  const store = await open("exclusive");
  await store.close();
  writeFileSync(join(dataDir, "gauntlet.db"), "this is not a database, and long enough to be looked at as one. ".repeat(20));
  rmSync(join(dataDir, "gauntlet.db-wal"), { force: true });
  expect(await failureOf(open("exclusive"))).toMatchObject({ code: "store_unavailable", fix: expect.stringContaining("not a database") as string });
  dataDir = join(dataDir, "gauntlet.db", "below a file");
  expect(await failureOf(open("exclusive"))).toMatchObject({ code: "store_unavailable" });
  dataDir = join(dataDir, "..", "..");
});
