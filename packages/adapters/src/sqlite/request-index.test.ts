import type { Prediction } from "@gauntlet/core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const MODEL = "mail";
const BATCHES = 60;
const dataDir = mkdtempSync(join(tmpdir(), "gauntlet-index-"));
afterAll(() => rmSync(dataDir, { recursive: true }));

function predictionsOf(batch: number): Prediction[] {
  return Array.from({ length: 1000 }, (_, index) => ({ requestId: `${batch}/${index}`, model: MODEL, version: "1", slot: "champion", mode: "live", epoch: 1, at: 1_000 + batch, prediction: true }));
}

function sizes(): { readonly fresh: number; readonly old: number } {
  const database = new DatabaseSync(join(dataDir, "gauntlet.db"), { readOnly: true });
  const count = (table: string): number => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
  const counts = { fresh: count("new_requests"), old: count("old_requests") };
  database.close();
  return counts;
}

test("records are found in whichever part of the index they are, by the next process too, and leave it when they are forgotten", async () => {
  const open = () => openSqliteStore({ dataDir, mode: "exclusive", holder: "test" });
  const found = async (store: Awaited<ReturnType<typeof open>>, batch: number): Promise<number> => {
    const requestIds = predictionsOf(batch).map(({ requestId }) => requestId);
    const receipt = await store.evidence.fold({ model: MODEL, batchId: `probe ${batch}`, digest: "d", at: 5_000, requestIds }, (prior) => ({ cells: [], predictions: [], labels: [], answer: prior.predictions.length }));
    return receipt.answer as number;
  };
  let store = await open();
  for (let batch = 0; batch < BATCHES; batch++) {
    if (batch === BATCHES / 2) {
      await store.close();
      store = await open();
    }
    const predictions = predictionsOf(batch);
    await store.evidence.fold({ model: MODEL, batchId: `${batch}`, digest: "d", at: 5_000, requestIds: predictions.map(({ requestId }) => requestId) }, () => ({ cells: [], predictions, labels: [], answer: null }));
  }
  const { fresh, old } = sizes();
  expect(fresh + old).toBe(BATCHES * 1000);
  expect(fresh).toBeLessThan(35_000);
  for (let batch = 0; batch < BATCHES; batch++) expect(await found(store, batch)).toBe(1000);
  expect(await store.evidence.forget(MODEL, 1_000 + 10)).toBe(10_000);
  expect(sizes().fresh + sizes().old).toBe(BATCHES * 1000 - 10_000);
  expect(await store.evidence.forget(MODEL, 1_000 + BATCHES)).toBe(BATCHES * 1000 - 10_000);
  expect(sizes()).toEqual({ fresh: 0, old: 0 });
  await store.close();
}, 60_000);

test("records from before the index had two parts are found after the migration, and their batches are known", async () => {
  const older = mkdtempSync(join(tmpdir(), "gauntlet-older-"));
  const database = openDatabase(join(older, "gauntlet.db"), "read-write");
  migrate(database, MIGRATIONS.slice(0, 3));
  database.run("INSERT INTO batches (model, batch_id, digest, answer) VALUES ('mail', 'b', 'd', '7')");
  database.exec("INSERT INTO predictions (request_hash, model, request_id, version, slot, mode, epoch, at, prediction) VALUES (-1, 'mail', 'r', '1', 'champion', 'live', 1, 9, 0), (-1, 'mail', 's', '1', 'champion', 'live', 1, 9, NULL)");
  migrate(database);
  expect(database.all("SELECT r.request_hash AS hash, p.request_id AS id, p.prediction FROM requests r JOIN predictions p ON p.id = r.id ORDER BY p.id")).toEqual([
    { hash: -1, id: "r", prediction: 0 },
    { hash: -1, id: "s", prediction: null },
  ]);
  database.close();
  const store = await openSqliteStore({ dataDir: older, mode: "exclusive", holder: "test" });
  expect(await store.evidence.forget("mail", 10)).toBe(2);
  // When it was folded was not kept then, so it stays.
  expect(await store.evidence.fold({ model: "mail", batchId: "b", digest: "d", at: 0, requestIds: [] }, () => ({ cells: [], predictions: [], labels: [], answer: 8 }))).toEqual({ folded: false, answer: 7 });
  await store.close();
  rmSync(older, { recursive: true });
});
