import fc from "fast-check";
import { expect, test } from "vitest";

import { Failure } from "../../failure/failure.ts";
import type { Match } from "../../rating/match/match.ts";
import { compareRecords, recordOfMatch, recordOfTombstone, type LedgerRecord } from "../record/ledger-record.ts";
import { parseRecord, wireRecord } from "../record/parse-record.ts";
import { importRows, type ImportRow } from "./import-rows.ts";
import { mergeMatches, resolveRegisters } from "./merge-matches.ts";
import { CONFLICT_STRATEGIES, registersOf, type ConflictStrategy } from "./resolve-register.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const MATCH: Match = { id: "m-1", players: ["a", "b"], places: [1, 2], board: "square8", numPlayers: 2, length: 40, durationMs: null, at: NOW, origin: "node-1", tournament: null };
const TOMBSTONE = { matchId: "m-1", version: null, board: "square8", numPlayers: 2, at: NOW, origin: "node-2", reason: "played with a broken build" };
const EARLIER: Match = { ...MATCH, places: [2, 1], at: NOW - 1000, origin: "node-2" };
const none = (): readonly LedgerRecord[] => [];

/** Content id of one of the versions that `wire` makes. */
const DRAWN = recordOfMatch({ id: "m-1", players: ["a", "b"], places: [1, 1], board: "hex8", numPlayers: 2, length: null, durationMs: null, at: NOW, origin: "x", tournament: null }).contentId;

const wire = fc.oneof(
  { weight: 5, arbitrary: fc.record({ id: fc.constantFrom("m-1", "m-2", "m-3"), winner: fc.constantFrom("a", "b", null), at: fc.constantFrom(NOW, NOW - 1, NOW - 2), origin: fc.constantFrom("x", "y") }).map((more) => ({ match: { players: ["a", "b"], board: "hex8", ...more } })) },
  { weight: 1, arbitrary: fc.record({ matchId: fc.constantFrom("m-1", "m-2"), version: fc.constantFrom(null, DRAWN), at: fc.constantFrom(NOW, NOW - 1), origin: fc.constantFrom("x", "y") }).map((more) => ({ tombstone: { board: "hex8", numPlayers: 2, reason: "purge", ...more } })) },
);

test("what is written of a record is read as the same record", () => {
  for (const record of [recordOfMatch(MATCH), recordOfTombstone(TOMBSTONE)]) expect(parseRecord(JSON.parse(JSON.stringify(wireRecord(record))), { now: NOW })).toEqual(record);
  expect(recordOfMatch(MATCH).contentId).toMatch(/^[0-9a-f]{32}$/);
});

test.each<[unknown, string, RegExp]>([
  [null, "", /not null/],
  [{}, "", /one key/],
  [{ match: MATCH, tombstone: TOMBSTONE }, "", /one key/],
  [{ match: { ...MATCH, at: NOW + 300_001 } }, "/match/at", /after/],
  [{ tombstone: { ...TOMBSTONE, at: NOW + 300_001 } }, "/tombstone/at", /after/],
  [{ tombstone: { ...TOMBSTONE, reason: "" } }, "/tombstone/reason", /1–256/],
  [{ tombstone: [] }, "/tombstone", /a list/],
  [{ tombstone: { ...TOMBSTONE, version: "m-1" } }, "/tombstone/version", /32 hex digits/],
])("%j is refused", (value, pointer, detail) => {
  expect(parseRecord(value, { now: NOW })).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
});

test.each<[ConflictStrategy, object]>([
  ["skip", { kept: [], conflicts: [{ matchId: "m-1", winner: null, others: [EARLIER, MATCH], resolvedBy: null }], counters: { added: 0, skipped: 0, conflicts: 1, resolved: 0 } }],
  ["first_write_wins", { kept: [EARLIER], conflicts: [{ matchId: "m-1", winner: EARLIER, others: [MATCH], resolvedBy: "first_write_wins" }], counters: { added: 0, skipped: 0, conflicts: 0, resolved: 1 } }],
  ["last_write_wins", { kept: [MATCH], conflicts: [{ matchId: "m-1", winner: MATCH, others: [EARLIER], resolvedBy: "last_write_wins" }], counters: { added: 0, skipped: 0, conflicts: 0, resolved: 1 } }],
])("an earlier version under %s", (strategy, expected) => {
  const held = [recordOfMatch(MATCH)];
  expect(mergeMatches(() => held, [{ match: EARLIER }], { strategy, now: NOW })).toMatchObject({ ...expected, appended: [recordOfMatch(EARLIER)] });
});

test("raise takes nothing of a batch with a conflict, and everything of one without", () => {
  const held = (id: string) => (id === "m-1" ? [recordOfMatch(MATCH)] : []);
  expect(() => mergeMatches(held, [{ match: { ...MATCH, id: "m-2" } }, { match: EARLIER }], { strategy: "raise", now: NOW })).toThrow(Failure);
  expect(mergeMatches(held, [{ match: { ...MATCH, id: "m-2" } }, { match: MATCH }], { strategy: "raise", now: NOW }).counters).toEqual({ added: 1, skipped: 1, conflicts: 0, resolved: 0 });
});

test("bad rows keep no other out; equal instants are settled by origin, then content", () => {
  const same = { ...MATCH, origin: "node-0", places: [2, 1] };
  const result = mergeMatches(none, [{ match: { ...MATCH, players: ["a", null] } }, { match: MATCH }, { match: { ...MATCH, at: NOW + 600_000 } }, { match: same }, { match: MATCH }], { strategy: "last_write_wins", now: NOW });
  expect(result.rejected.map(({ index }) => index)).toEqual([0, 2]);
  expect(result.kept).toEqual([MATCH]);
  expect(result.counters).toEqual({ added: 1, skipped: 1, conflicts: 0, resolved: 1 });
});

test("a purged match is out, whatever comes before or after, and its versions stay", () => {
  const rows = [{ match: MATCH }, { tombstone: TOMBSTONE }, { match: EARLIER }];
  const result = mergeMatches(none, rows, { strategy: "last_write_wins", now: NOW });
  expect(result).toMatchObject({ kept: [], conflicts: [], counters: { added: 1, skipped: 2, conflicts: 0, resolved: 0 } });
  expect(result.appended).toHaveLength(3);
});

test("a person settles a conflict by taking out the versions that are wrong, and every node agrees", () => {
  const wrong = recordOfMatch(MATCH);
  const held = [wrong, recordOfMatch(EARLIER)];
  const verdict = { tombstone: { ...TOMBSTONE, version: wrong.contentId } };
  expect(mergeMatches(() => held, [verdict], { strategy: "skip", now: NOW })).toMatchObject({ kept: [EARLIER], conflicts: [], counters: { added: 1, skipped: 0, conflicts: 0, resolved: 0 } });
  expect(mergeMatches(none, [verdict, { match: MATCH }], { strategy: "skip", now: NOW })).toMatchObject({ kept: [], counters: { added: 1, skipped: 1 } });
});

test("any permutation, duplication and partition of deliveries gives the same matches and the same conflicts", () => {
  const deliveries = fc.array(wire, { maxLength: 12 }).chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows, ...rows], { minLength: rows.length * 2 }), fc.array(fc.nat(24), { maxLength: 4 }), fc.constantFrom(...CONFLICT_STRATEGIES.filter((each) => each !== "raise"))));
  fc.assert(
    fc.property(deliveries, ([rows, shuffled, cuts, strategy]) => {
      const states = [[rows], batches(shuffled, cuts)].map((parts) => {
        const ledger: LedgerRecord[] = [];
        for (const part of parts) {
          const before = ledger.length;
          const result = mergeMatches((id) => ledger.filter((record) => (record.kind === "match" ? record.match.id : record.tombstone.matchId) === id), part, { strategy, now: NOW });
          ledger.push(...result.appended);
          const { added, skipped, conflicts, resolved: settled } = result.counters;
          expect(added + skipped + conflicts + settled).toBe(part.length);
          expect(new Set(ledger.map(({ contentId }) => contentId)).size).toBe(before + result.appended.length);
        }
        return { ledger: ledger.toSorted(compareRecords), ...resolveRegisters(registersOf(ledger), strategy) };
      });
      expect(states[1]).toEqual(states[0]);
    }),
    { numRuns: 300 },
  );
});

function batches<T>(rows: readonly T[], cuts: readonly number[]): readonly (readonly T[])[] {
  const at = [0, ...cuts.filter((cut) => cut < rows.length).toSorted((a, b) => a - b), rows.length];
  return at.slice(1).map((end, i) => rows.slice(at[i], end));
}

const ROW: ImportRow = { id: "m", players: ["a", "b"], winner: "a", timestamp: "2026-01-31T10:00:00Z" };

// V10 of the facts, columns (added, skipped, conflict, resolved).
test.each<[string, Partial<ImportRow>, ConflictStrategy, readonly number[], boolean]>([
  ["newer", { winner: "b", timestamp: "2026-01-31T11:00:00Z" }, "last_write_wins", [0, 0, 0, 1], true],
  ["older", { winner: "b", timestamp: "2026-01-31T09:00:00Z" }, "last_write_wins", [0, 0, 0, 1], false],
  ["equal", { winner: "b" }, "last_write_wins", [0, 0, 0, 1], false],
  ["without a time", { winner: "b", timestamp: null }, "last_write_wins", [0, 0, 0, 1], false],
  ["older in another zone", { winner: "b", timestamp: "2026-01-31T11:30:00+02:00" }, "last_write_wins", [0, 0, 0, 1], false],
  ["newer, in text that is no time", { winner: "b", timestamp: "tomorrow" }, "last_write_wins", [0, 0, 0, 1], true],
  ["newer in seconds", { winner: "b", timestamp: Date.UTC(2026, 0, 31, 10, 0, 1) / 1000 }, "last_write_wins", [0, 0, 0, 1], true],
  ["newer", { winner: "b", timestamp: "2026-01-31T11:00:00Z" }, "skip", [0, 0, 1, 0], false],
  ["newer", { winner: "b", timestamp: "2026-01-31T11:00:00Z" }, "first_write_wins", [0, 0, 0, 1], false],
  ["the same", {}, "last_write_wins", [0, 1, 0, 0], false],
  ["a change of players alone", { players: ["a", "c"] }, "last_write_wins", [0, 1, 0, 0], false],
])("compat: %s (%o) under %s", (_, more, strategy, [added, skipped, conflict, settled], replaced) => {
  const row = { ...ROW, ...more };
  const result = importRows(() => ROW, [row], strategy);
  expect(result.counters).toEqual({ added, skipped, conflict, resolved: settled, participantsAdded: 0 });
  expect(result.written).toEqual(replaced ? [row] : []);
});

test("compat: nothing held, an id that comes twice, rows that can't be taken", () => {
  const rows = [ROW, { ...ROW, id: null }, { ...ROW, players: ["a", null] }, { ...ROW, winner: "b", timestamp: "2026-01-31T10:00:01Z" }, { ...ROW, winner: null, timestamp: "2026-01-31 10:00:09" }];
  const result = importRows(() => undefined, rows, "last_write_wins");
  expect(result.counters).toEqual({ added: 1, skipped: 0, conflict: 0, resolved: 1, participantsAdded: 2 });
  expect(result.written).toEqual([rows[3]]);
  expect(result.rejected.map(({ index, problems }) => [index, problems[0]!.pointer])).toEqual([[1, "/id"], [2, "/players/1"], [4, "/timestamp"]]);
  expect(importRows((): ImportRow => ({ ...ROW, timestamp: null }), [{ ...ROW, winner: "b" }], "last_write_wins").written).toHaveLength(1);
  expect(() => importRows(() => ROW, [{ ...ROW, winner: null }], "raise")).toThrow(/won by a here and by nobody/);
});
