import { openMatchLedger } from "@gauntlet/controller";
import type { Store } from "@gauntlet/controller";
import { storeConformance } from "@gauntlet/controller/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgresStore } from "./open-postgres-store.ts";
import { startPostgres } from "./testing/start-postgres.ts";
import type { RunningPostgres } from "./testing/start-postgres.ts";

/** A name that must be quoted. */
const SCHEMA = 'store "1"';

let server: RunningPostgres;
let client: pg.Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

/** All tables, past what refuses to delete: to make and to migrate a schema for each test takes far longer. */
async function empty(): Promise<void> {
  const { rows } = await client.query<{ readonly name: string }>("SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = ANY($1) AND tablename <> 'migrations'", [[SCHEMA, `${SCHEMA}_exp`]]);
  await client.query(["SET session_replication_role = replica", ...rows.map(({ name }) => `DELETE FROM ${name}`)].join("; "));
}

storeConformance("the PostgreSQL store", async () => {
  const open: Store[] = [];
  const openOne = async (): Promise<Store> => {
    const store = await openPostgresStore({ url: server.url, schema: SCHEMA });
    open.push(store);
    return store;
  };
  return {
    store: await openOne(),
    reopen: async () => {
      await open.at(-1)?.close();
      return openOne();
    },
    another: openOne,
    close: async () => {
      for (const store of open) await store.close();
      await empty();
    },
  };
});

test("replicas on one database follow each other's matches, and refuse a conflict that another made in between", async () => {
  const stores = await Promise.all(["first", "second"].map(() => openPostgresStore({ url: server.url, schema: "replicas" })));
  const ledgers = await Promise.all(stores.map(({ matches }, index) => openMatchLedger({ store: matches, node: `replica-${index}`, strategy: "raise", clock: { now: () => 1_760_000_000_000 } })));
  const row = (id: string, winner: string) => ({ id, players: ["ann", "bob"], winner, board: "hex8", at: 5, origin: "a" });
  const [first, second] = ledgers as [(typeof ledgers)[0], (typeof ledgers)[0]];
  await Promise.all(Array.from({ length: 30 }, (_, n) => ledgers[n % 2]!.importMatches([row(`m-${n}`, "ann"), row(`m-${n + 1}`, "ann")])));
  const both = await Promise.allSettled([first.importMatches([row("disputed", "ann")]), second.importMatches([row("disputed", "bob")])]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  for (const ledger of ledgers) await ledger.refresh();
  expect(first.configs()).toEqual(second.configs());
  expect(first.configs()).toMatchObject([{ matches: 32, conflicts: 0, records: 32 }]);
  for (const store of stores) await store.close();
});
