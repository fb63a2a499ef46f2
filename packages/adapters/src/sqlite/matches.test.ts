import { recordOfMatch, recordOfTombstone } from "@gauntlet/core";
import type { LedgerRecord } from "@gauntlet/core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import type { Database } from "./database.ts";
import { sqliteMatches } from "./matches.ts";
import { migrate } from "./migrate.ts";

let folder = "";
let database: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gauntlet-sqlite-matches-"));
  database = openDatabase(join(folder, "gauntlet.db"), "read-write");
  migrate(database);
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function match(id: string): LedgerRecord {
  return recordOfMatch({ id, players: ["ann", "bob"], places: [1, 2], board: "hex8", numPlayers: 2, length: 9, durationMs: null, at: 5, origin: "a", tournament: null });
}

test("on a full disk an append leaves nothing, and passes when there is room again", async () => {
  const store = sqliteMatches(database);
  await store.append([match("1")]);
  const pages = database.get<{ readonly page_count: number }>("PRAGMA page_count")!.page_count;
  database.exec(`PRAGMA max_page_count = ${pages + 3}`);
  const many = Array.from({ length: 2000 }, (_, index) => match(`m-${index}`));
  await expect(store.append(many)).rejects.toMatchObject({ code: "store_unavailable", fix: expect.stringContaining("full") });
  expect(await store.head()).toEqual({ sequence: 1, count: 1 });
  database.exec("PRAGMA max_page_count = 1073741823");
  expect((await store.append(many)).added).toBe(2000);
});

test("columns say what the record says, for whoever reads the table; nothing in it is changed", async () => {
  await sqliteMatches(database).append([match("1"), recordOfTombstone({ matchId: "1", version: null, board: "hex8", numPlayers: 2, at: 7, origin: "b", reason: "Ada: a cheat" })]);
  expect(database.all("SELECT match_id, kind, board, num_players, at, origin, lower(hex(content_id)) AS id FROM match_records ORDER BY sequence")).toEqual([
    { match_id: "1", kind: "match", board: "hex8", num_players: 2, at: 5, origin: "a", id: match("1").contentId },
    { match_id: "1", kind: "tombstone", board: "hex8", num_players: 2, at: 7, origin: "b", id: expect.stringMatching(/^[0-9a-f]{32}$/) },
  ]);
  for (const change of ["UPDATE match_records SET match_id = '2'", "DELETE FROM match_records"]) expect(() => database.run(change)).toThrow(/never/);
});
