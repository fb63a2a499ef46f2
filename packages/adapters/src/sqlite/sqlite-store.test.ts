import { storeConformance } from "@gauntlet/controller/testing";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "./open-sqlite-store.ts";
import type { SqliteStore } from "./open-sqlite-store.ts";

storeConformance("the SQLite store", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "gauntlet-sqlite-"));
  const openOne = (): Promise<SqliteStore> => openSqliteStore({ dataDir, mode: "exclusive", holder: "conformance" });
  let present = await openOne();
  return {
    store: present,
    reopen: async () => {
      await present.close();
      present = await openOne();
      return present;
    },
    another: null,
    close: async () => {
      await present.close();
      rmSync(dataDir, { recursive: true });
    },
  };
});
