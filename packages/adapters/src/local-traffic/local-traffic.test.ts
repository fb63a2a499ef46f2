import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openMemoryStore, trafficConformance } from "@gauntlet/controller/testing";
import { expect, test } from "vitest";

import { openSqliteStore } from "../sqlite/open-sqlite-store.ts";
import { localTraffic } from "./local-traffic.ts";

trafficConformance("the local target on the memory store", async () => {
  const store = openMemoryStore();
  return { target: localTraffic(store.allocations), close: store.close };
});

trafficConformance("the local target on SQLite", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "gauntlet-traffic-"));
  const store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "test" });
  return {
    target: localTraffic(store.allocations),
    close: async () => {
      await store.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

test("a store that is out leaves the traffic uncertain, and says so", async () => {
  const store = openMemoryStore();
  await store.close();
  await expect(localTraffic(store.allocations).read("mail")).rejects.toMatchObject({ code: "traffic_unavailable", fix: "open it again" });
});
