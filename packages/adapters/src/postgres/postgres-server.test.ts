import { Failure } from "@gauntlet/core";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arrayText } from "./array-text.ts";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { openPostgresStore } from "./open-postgres-store.ts";
import { startPostgres } from "./testing/start-postgres.ts";
import type { RunningPostgres } from "./testing/start-postgres.ts";

// Any but half surrogates. fast-check's own "binary" takes seconds to be made.
const character = fc.nat(0x10f7ff).map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800));
let server: RunningPostgres;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(async () => {
  await server.stop();
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

async function sql(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

test("processes that start at once on an empty database migrate it once", async () => {
  const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresStore({ url: server.url, schema: "together" })));
  for (const store of stores) {
    expect(await store.ledger.heads()).toEqual([]);
    await store.close();
  }
  expect(await sql("SELECT number, name FROM together.migrations ORDER BY number")).toEqual(MIGRATIONS.map(({ name }, index) => ({ number: index + 1, name })));
});

test("a migration that fails half-way leaves nothing of itself", async () => {
  const database = openDatabase(server.url, "half");
  const broken = { name: "002-broken", sql: "CREATE TABLE half (x integer); SELECT no_such_function();" };
  await expect(migrate(database, [...MIGRATIONS.slice(0, 1), broken])).rejects.toBeInstanceOf(Failure);
  expect(await sql("SELECT number FROM half.migrations")).toEqual([{ number: 1 }]);
  expect(await sql("SELECT to_regclass('half.half') AS found")).toEqual([{ found: null }]);
  await migrate(database);
  expect(await sql("SELECT max(number) AS number FROM half.migrations")).toEqual([{ number: MIGRATIONS.length }]);
  await database.close();
});

test("a schema that is newer than the program is refused", async () => {
  await (await openPostgresStore({ url: server.url, schema: "newer" })).close();
  await sql("INSERT INTO newer.migrations (number, name) VALUES (99, '099-the-future')");
  const refused = await failureOf(openPostgresStore({ url: server.url, schema: "newer" }));
  expect(refused.code).toBe("conflict");
  expect(refused.message).toContain(`schema newer at postgres://gauntlet@127.0.0.1`);
  expect(refused.message).toContain("has number 99");
});

test("a user without the right to create a schema uses those that were made for them", async () => {
  await sql("CREATE USER ada PASSWORD 'secret'; CREATE SCHEMA given AUTHORIZATION ada; CREATE SCHEMA given_exp AUTHORIZATION ada; REVOKE CREATE ON DATABASE postgres FROM PUBLIC");
  const url = new URL(server.url);
  url.username = "ada";
  url.password = "secret";
  await (await openPostgresStore({ url: url.href, schema: "given" })).close();
  expect(await failureOf(openPostgresStore({ url: url.href, schema: "not_given" }))).toMatchObject({
    code: "store_unavailable",
    fix: "grant this user the right to create and use the schema",
  });
});

test("ledger entries can't be changed or deleted, not even by SQL (I2)", async () => {
  const store = await openPostgresStore({ url: server.url });
  const entry = { chain: "mail", seq: 1, at: 1, prev: "0".repeat(64), hash: "h", event: { kind: "resume", by: "Ada", reason: "" } } as const;
  await store.ledger.append({ chain: "mail", expect: { seq: 0, hash: entry.prev }, fence: null, entries: [entry], state: null });
  await store.close();
  await expect(sql("UPDATE gauntlet.entries SET entry = '{}'")).rejects.toThrow("never changed");
  await expect(sql("DELETE FROM gauntlet.entries")).rejects.toThrow("never changed or deleted");
});

test("a transaction that PostgreSQL gives up is run again, and given up after some tries", async () => {
  const database = openDatabase(server.url, "public");
  let tries = 0;
  const raise = "DO $$ BEGIN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END $$";
  const result = await database.transaction("retry", async (queries) => {
    tries += 1;
    if (tries < 3) await queries.exec(raise);
    return queries.all("SELECT 1 AS one");
  });
  expect(result).toEqual([{ one: 1 }]);
  expect(tries).toBe(3);
  const refused = await failureOf(database.transaction("retry", (queries) => queries.exec(raise)));
  expect(refused).toMatchObject({ code: "store_unavailable", fix: "other transactions were in the way; try again" });
  await database.close();
});

test("two transactions that block each other both end", async () => {
  const store = await openPostgresStore({ url: server.url, schema: "deadlock" });
  const database = openDatabase(server.url, "deadlock");
  for (const name of ["a", "b"]) await store.leases.acquire({ name, holder: "h", now: 1, ttlMs: 1 });
  let waiting = 0;
  const touch = (first: string, second: string) =>
    database.transaction(first, async (queries) => {
      await queries.run("UPDATE @.leases SET expires_at = expires_at + 1 WHERE name = $1", first);
      waiting += 1;
      await expect.poll(() => waiting, { timeout: 5000 }).toBeGreaterThanOrEqual(2);
      await queries.run("UPDATE @.leases SET expires_at = expires_at + 1 WHERE name = $1", second);
    });
  await Promise.all([touch("a", "b"), touch("b", "a")]);
  expect(await database.all("SELECT name, expires_at FROM @.leases ORDER BY name")).toEqual([{ name: "a", expires_at: 4 }, { name: "b", expires_at: 4 }]);
  await database.close();
  await store.close();
});

test("an array's text is read by PostgreSQL as what was written", async () => {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const text = fc.oneof(fc.string({ unit: character }), fc.constantFrom("NULL", "null", "", " ", "{}", ",", '"', "\\", '\\"', "\n", "😀")).map((value) => value.replaceAll("\u0000", ""));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.option(text), fc.option(fc.maxSafeInteger()), fc.option(fc.boolean()))), async (rows) => {
      const columns = [0, 1, 2].map((column) => arrayText(rows.map((row) => row[column] ?? null)));
      const { rows: read } = await client.query<unknown[]>({ text: "SELECT * FROM unnest($1::text[], $2::bigint[], $3::boolean[])", values: columns, rowMode: "array" });
      expect(read.map(([t, n, b]) => [t, n === null ? null : Number(n), b])).toEqual(rows);
    }),
  );
  await client.end();
});

test("text that PostgreSQL can't hold is refused as input", async () => {
  const store = await openPostgresStore({ url: server.url });
  expect(await failureOf(store.allocations.put({ model: "a\u0000b", epoch: 1, seed: "s", arms: [], shadow: false }))).toMatchObject({ code: "invalid_input" });
  const batch = { model: "mail", batchId: "b\u0000", digest: "d", at: 0, requestIds: [] };
  expect(await failureOf(store.evidence.fold(batch, () => ({ cells: [], predictions: [], labels: [], answer: null })))).toMatchObject({ code: "invalid_input" });
  await store.close();
});

test("a server that is not there, a wrong password, a missing database and a bad url are said to be so", async () => {
  const url = new URL(server.url);
  const nobody = new URL(url);
  nobody.port = "1";
  expect(await failureOf(openPostgresStore({ url: nobody.href }))).toMatchObject({ code: "store_unavailable", fix: "check that the server runs and can be reached (ECONNREFUSED)" });
  const stranger = new URL(url);
  stranger.password = "wrong";
  const refused = await failureOf(openPostgresStore({ url: stranger.href }));
  expect(refused).toMatchObject({ code: "store_unavailable", fix: "check the user name and the password in the url" });
  expect(refused.message).not.toContain("wrong@");
  const missing = new URL(url);
  missing.pathname = "/missing";
  expect(await failureOf(openPostgresStore({ url: missing.href }))).toMatchObject({ code: "store_unavailable", fix: "create the database named in the url, or correct the url" });
  expect(await failureOf(openPostgresStore({ url: "not a url" }))).toMatchObject({ code: "invalid_input" });
});

test("a connection that is cut, and a server that goes away, are store_unavailable; the store works again after a cut", async () => {
  const own = await startPostgres();
  const store = await openPostgresStore({ url: own.url });
  const other = new pg.Client({ connectionString: own.url });
  await other.connect();
  const cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gauntlet'";
  await other.query(cut);
  await expect.poll(() => store.allocations.list().catch(() => null), { timeout: 10_000 }).toEqual([]);
  const batch = { model: "mail", batchId: "b", digest: "d", at: 0, requestIds: [] };
  const database = openDatabase(own.url, "gauntlet");
  const inFlight = database.transaction("t", async (queries) => {
    await other.query(cut);
    await queries.all("SELECT 1");
  });
  expect(await failureOf(inFlight)).toMatchObject({ code: "store_unavailable" });
  expect(await database.transaction("t", (queries) => queries.all("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
  await database.close();
  await other.end();
  await own.stop();
  expect(await failureOf(store.allocations.list())).toMatchObject({ code: "store_unavailable" });
  expect(await failureOf(store.evidence.fold(batch, () => ({ cells: [], predictions: [], labels: [], answer: null })))).toMatchObject({ code: "store_unavailable" });
  await store.close();
});
