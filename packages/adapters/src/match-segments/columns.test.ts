import { openMatchLedger } from "@gauntlet/controller";
import type { MatchLedger, MatchStore } from "@gauntlet/controller";
import { ratingsDigest, recordOfMatch, recordOfTombstone } from "@gauntlet/core";
import type { LedgerRecord, Match } from "@gauntlet/core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openMatchSegments } from "./open-match-segments.ts";

const NOW = 1_760_000_000_000;
const folder = mkdtempSync(join(tmpdir(), "gauntlet-columns-"));
const open = (store: MatchStore, columnsFrom = Infinity): Promise<MatchLedger> => openMatchLedger({ store, node: "here", strategy: "last_write_wins", clock: { now: () => NOW }, columnsFrom });

function match(n: number, some: Partial<Match> = {}): LedgerRecord {
  const players = [`p${n % 17}`, `p${(n * 5 + 3) % 17}`].map((player, seat) => (seat === 1 && (n * 5 + 3 - n) % 17 === 0 ? "p99" : player));
  const several = n % 11 === 0;
  return recordOfMatch({ id: `match-${n}`, players: several ? [...players, "third"] : players, places: several ? [2, 1, 3] : n % 7 === 0 ? [1, 1] : n % 2 === 0 ? [1, 2] : [2, 1], board: n % 3 === 0 ? "hex8" : "square8", numPlayers: 4, length: n, durationMs: null, at: NOW - 1_000_000 + ((n * 7919) % 100_000), origin: `node-${n % 2}`, tournament: null, ...some });
}

/** Further versions, purges and ids that are not ASCII come among thousands, in other blocks and in the same. */
const parts: readonly (readonly LedgerRecord[])[] = [
  Array.from({ length: 3000 }, (_, n) => match(n)),
  [...Array.from({ length: 1500 }, (_, n) => match(3000 + n)), match(5, { length: 7 }), match(3001, { at: NOW }), recordOfTombstone({ matchId: "match-9", version: null, board: "hex8", numPlayers: 4, at: NOW, origin: "x", reason: "Ada: a cheat" }), recordOfTombstone({ matchId: "match-4499", version: null, board: "square8", numPlayers: 4, at: NOW, origin: "x", reason: "Ada: a cheat" })],
  Array.from({ length: 1200 }, (_, n) => match(6000 + n, { id: `spiel-ä-${n}` })),
  [match(1, { length: 8 }), match(10_000)],
  Array.from({ length: 1100 }, (_, n) => match(20_000 + n)),
];

beforeAll(async () => {
  const store = await openMatchSegments({ folder, mode: "exclusive", holder: "test", fileBytesMax: 200_000 });
  for (const part of parts) await store.append(part);
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function sayings(ledger: MatchLedger): unknown {
  return [ledger.configs(), ledger.conflicts(), ledger.configs().map(({ config }) => [ledger.matches(config), ledger.counts(config), ledger.elo(config), ratingsDigest(ledger.fit(config))])];
}

test("thousands of records read as columns say what they say one by one, and follow what comes after", async () => {
  const columns = await openMatchSegments({ folder, mode: "read-only", holder: "test" });
  const records = await openMatchSegments({ folder, mode: "read-only", holder: "test", blockRecordsMin: Infinity });
  expect([(await columns.readBlock!(0))?.records, await records.readBlock!(0)]).toEqual([3000, null]);
  const more = [match(5, { length: 9, at: NOW }), match(30_000), match(2), match(2500, { places: [1, 2], at: NOW })];
  const [fast, slow] = [await open(columns), await open(records)];
  expect(sayings(fast)).toEqual(sayings(slow));
  expect(sayings(await open(records, 1000))).toEqual(sayings(slow));
  expect(fast.register("match-5")).toEqual(slow.register("match-5"));
  expect([fast.register("match-77"), fast.register("spiel-ä-3"), fast.register("match-9")?.resolution.kind]).toEqual([slow.register("match-77"), slow.register("spiel-ä-3"), "purged"]);
  const byId = (ledger: MatchLedger): unknown => [...ledger.index().shelves].map(([config, shelf]) => [config, shelf.records.map(({ contentId }) => contentId).toSorted()]).toSorted();
  expect(byId(fast)).toEqual(byId(slow));
  // A store that takes nothing, so that both hear of the same.
  const { sequence } = await columns.head();
  const taking = (store: MatchStore): MatchStore => ({ ...store, append: async (all) => ({ before: sequence, sequence: sequence + all.length, added: all.length }) });
  const [followed, compared] = [await open(taking(columns)), await open(taking(records))];
  for (const ledger of [followed, compared]) {
    ledger.configs().forEach(({ config }) => ledger.fit(config));
    await ledger.add(more);
  }
  expect(sayings(followed)).toEqual(sayings(compared));
  await columns.close();
  await records.close();
});
