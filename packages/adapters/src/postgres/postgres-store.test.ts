import type { Store } from "@gauntlet/controller";
import { storeConformance } from "@gauntlet/controller/testing";
import { afterAll, beforeAll } from "vitest";
import { openPostgresStore } from "./open-postgres-store.ts";
import { startPostgres } from "./testing/start-postgres.ts";
import type { RunningPostgres } from "./testing/start-postgres.ts";

let server: RunningPostgres;
let schemas = 0;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(async () => {
  await server.stop();
});

storeConformance("the PostgreSQL store", async () => {
  const schema = `store "${++schemas}"`;
  const open: Store[] = [];
  const openOne = async (): Promise<Store> => {
    const store = await openPostgresStore({ url: server.url, schema });
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
    },
  };
});
