import { openMatchLedger } from "@gauntlet/controller";
import type { MatchLedger, MatchStore } from "@gauntlet/controller";
import { openMemoryStore } from "@gauntlet/controller/testing";
import { CONFLICT_STRATEGIES, Failure, ratingsDigest, recordOfMatch, recordOfTombstone, wireRecord } from "@gauntlet/core";
import type { LedgerRecord, RatingModel } from "@gauntlet/core";
import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { openSqliteStore } from "../sqlite/open-sqlite-store.ts";
import { openMatchSegments } from "./open-match-segments.ts";

const NOW = 1_760_000_000_000;

/** With virtual games, so that there nearly always is a fit. */
const MODEL: RatingModel = { ties: "davidson", lastPlaces: "unknown", seatRidge: null, priorGames: 1, anchors: new Map() };

/** Few ids, instants and origins, so that versions of one match meet, and ties of them too. */
const match = fc
  .record({ id: fc.integer({ min: 1, max: 8 }), first: fc.integer({ min: 0, max: 3 }), step: fc.integer({ min: 1, max: 3 }), third: fc.boolean(), places: fc.constantFrom([1, 2, 2], [2, 1, 2], [1, 1, 2], [2, 2, 1]), board: fc.constantFrom("hex8", "square8"), at: fc.integer({ min: 0, max: 2 }), origin: fc.constantFrom("a", "b") })
  .map(({ id, first, step, third, places, board, at, origin }) => {
    const players = [`p${first}`, `p${(first + step) % 4}`, ...(third ? ["p9"] : [])];
    const dense = third ? places : places.slice(0, 2).map((place, _, both) => (Math.min(...both) === 2 ? 1 : place));
    return recordOfMatch({ id: `m${id}`, players, places: dense, board, numPlayers: 3, length: null, durationMs: null, at: NOW + at, origin, tournament: null });
  });

/** Of some of the versions, or of a whole match. */
const records: fc.Arbitrary<readonly LedgerRecord[]> = fc
  .tuple(fc.array(match, { minLength: 4, maxLength: 40 }), fc.array(fc.tuple(fc.nat(39), fc.boolean()), { maxLength: 3 }))
  .map(([matches, purges]) => [
    ...matches,
    ...purges.map(([index, whole]) => {
      const { contentId, match: purged } = matches[index % matches.length]!;
      return recordOfTombstone({ matchId: purged.id, version: whole ? null : contentId, board: purged.board, numPlayers: 3, at: NOW, origin: "b", reason: "Ada: a cheat" });
    }),
  ]);

/** The same records in any order, some of them again, in parts. */
function deliveries(all: readonly LedgerRecord[]): fc.Arbitrary<readonly (readonly LedgerRecord[])[]> {
  return fc
    .tuple(fc.shuffledSubarray([...all], { minLength: all.length }), fc.shuffledSubarray([...all]), fc.array(fc.nat(all.length), { maxLength: 4 }))
    .map(([first, again, cuts]) => {
      const sent = [...first, ...again];
      const bounds = [0, ...cuts.toSorted((a, b) => a - b), sent.length];
      return bounds.slice(1).map((to, index) => sent.slice(bounds[index], to));
    });
}

/** Everything that nodes must agree on. */
function sayings(ledger: MatchLedger): unknown {
  return {
    configs: ledger.configs(),
    conflicts: ledger.conflicts(),
    ratings: ledger.configs().map(({ config }) => [ledger.matches(config), ledger.counts(config), ledger.elo(config), fitDigest(ledger, config)]),
  };
}

/** Where ties alone were played, there is none: on every node. */
function fitDigest(ledger: MatchLedger, config: string): string {
  try {
    return ratingsDigest(ledger.fit(config));
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

test("I13: any order, duplication and partition of deliveries ends in equal digests, ratings and conflicts, on every store", async () => {
  const root = mkdtempSync(join(tmpdir(), "gauntlet-any-order-"));
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...CONFLICT_STRATEGIES), fc.constantFrom(1, 3, 100), records.chain((all) => fc.tuple(deliveries(all), deliveries(all))), async (strategy, few, [one, other]) => {
      const folder = join(root, String(++runs));
      const open = (store: MatchStore, columnsFrom: number = few) => openMatchLedger({ store, node: "here", strategy, clock: { now: () => NOW }, model: MODEL, columnsFrom });
      const sqlite = await openSqliteStore({ dataDir: join(folder, "sqlite"), mode: "exclusive", holder: "test" });
      const segments = await openMatchSegments({ folder: join(folder, "segments"), mode: "exclusive", holder: "test", fileBytesMax: 1500, blockRecordsMin: few });
      const [a, b] = [await open(sqlite.matches, Infinity), await open(segments)];
      for (const part of one) await a.importMatches(part.map(wireRecord), { refuseConflicts: false });
      for (const part of other) {
        await b.add(part);
        // Asked in between, so that what is kept up must follow.
        sayings(b);
      }
      const expected = sayings(a);
      expect(sayings(b)).toEqual(expected);
      expect(sayings(await open(sqlite.matches))).toEqual(expected);
      const late = await open(segments);
      expect(sayings(late)).toEqual(expected);
      expect([...late.index().shelves].map(([config, { records: held }]) => [config, held.length]).toSorted()).toEqual(late.configs().map(({ config, records: count }) => [config, count]));
      // From columns, and followed by more.
      const part = one.flat().slice(0, 7);
      const [follower, reference] = [await open(segments), await open(openMemoryStore().matches, Infinity)];
      const more = part.map((record) => (record.kind === "match" ? recordOfMatch({ ...record.match, length: 1 }) : record));
      await reference.add([...one.flat(), ...more]);
      await follower.add(more);
      expect(sayings(follower)).toEqual(sayings(reference));
      await sqlite.close();
      await segments.close();
    }),
    { numRuns: 15 },
  );
  rmSync(root, { recursive: true });
});
