import { createHash } from "node:crypto";

import fc from "fast-check";
import { expect, test } from "vitest";

import { canonicalJson } from "../../digest/canonical-json.ts";
import { collectMatches } from "./collect-matches.ts";
import { compareMatches, matchHash, matchText } from "./match-hash.ts";
import { configKey, winnerOf, type Match } from "./match.ts";
import { judgeMatch, parseMatch } from "./parse-match.ts";
import { plainMatch } from "./plain-match.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const MATCH: Match = { id: "m-1", players: ["a", "b", "c", "d"], places: [2, 1, 2, 3], board: "square8", numPlayers: 4, length: 61, durationMs: 9500, at: NOW, origin: "node-1", tournament: null };

test("a canonical match is taken as it is", () => {
  expect(parseMatch(MATCH, { now: NOW })).toEqual(MATCH);
  expect(configKey(MATCH)).toBe("square8_4p");
  expect(winnerOf(MATCH)).toBe("b");
  expect(winnerOf({ ...MATCH, places: [1, 1, 2, 2] })).toBe(null);
});

test("what says the same becomes the same record, with the same hash", () => {
  const other = { ...MATCH, places: [4, 1, 4, 8], at: "2026-01-31T13:00:00+01:00", origin: undefined, tournament: undefined };
  const parsed = parseMatch(other, { now: NOW, origin: "node-1" }) as Match;
  expect(parsed).toEqual(MATCH);
  expect(matchHash(parsed)).toBe(matchHash(MATCH));
  expect(matchHash({ ...MATCH, length: 60 })).not.toBe(matchHash(MATCH));
  expect(matchHash({ ...MATCH, players: ["b", "a", "c", "d"] })).not.toBe(matchHash(MATCH));
});

test("a winner may stand for the places", () => {
  const two = { id: "m", players: ["a", "b"], board: "hex8", at: NOW, origin: "n" };
  expect(parseMatch({ ...two, winner: "b" }, { now: NOW })).toMatchObject({ places: [2, 1], numPlayers: 2, length: null, durationMs: null });
  expect(parseMatch({ ...two, winner: null }, { now: NOW })).toMatchObject({ places: [1, 1] });
});

test.each<[object, string, RegExp]>([
  [{ id: null }, "/id", /must be text, not null/],
  [{ players: ["a", null, "c", "d"] }, "/players/1", /must be text, not null/],
  [{ players: ["a", "b", "a", "d"] }, "/players/2", /"a" plays already, on seat 0/],
  [{ players: ["a"] }, "/players", /2–64 players, not 1/],
  [{ players: "a,b" }, "/players", /list of players in seat order, not "a,b"/],
  [{ places: [1, 2] }, "/places", /each of the 4 players, not 2/],
  [{ places: [1, 2, 0, 3] }, "/places/2", /from 1 up, not 0/],
  [{ places: undefined }, "/places", /missing/],
  [{ winner: "a" }, "/winner", /beside places/],
  [{ places: undefined, winner: "x" }, "/winner", /one of the players, or null for a draw, not "x"/],
  [{ numPlayers: 3 }, "/numPlayers", /from 4 up, not 3/],
  [{ length: -1 }, "/length", /from 0 up/],
  [{ at: "2026-01-31T12:00:00" }, "/at", /with a zone/],
  [{ at: NOW / 1000 + 0.5 }, "/at", /whole milliseconds/],
  [{ at: NOW + 300_001 }, "/at", /lies 301 s after/],
  [{ board: "" }, "/board", /1–256 characters/],
  [{ origin: undefined }, "/origin", /missing/],
  [{ winer: "a" }, "/winer", /did you mean "winner"/],
])("%o is refused at its place", (more, pointer, detail) => {
  expect(parseMatch({ ...MATCH, ...more }, { now: NOW })).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
});

test("a bad record keeps no other out, and an id has one record", () => {
  const collected = collectMatches([MATCH, { ...MATCH, id: 7 }, { ...MATCH, places: [4, 2, 4, 6] }, { ...MATCH, places: [1, 2, 3, 4] }, { ...MATCH, id: "m-2" }, null], { now: NOW });
  expect(collected.matches.map(({ id }) => id)).toEqual(["m-1", "m-2"]);
  expect(collected.duplicates).toEqual([2]);
  expect(collected.conflicts).toEqual([{ index: 3, match: { ...MATCH, places: [1, 2, 3, 4] } }]);
  expect(collected.refused.map(({ index }) => index)).toEqual([1, 5]);
});

test("the order of replays is total, and the same whatever order they come in", () => {
  const records = [0, 1, 2, 3].map((i) => ({ ...MATCH, at: NOW - (i % 2), id: `m-${i % 3}`, length: i }));
  const sorted = records.toSorted(compareMatches);
  fc.assert(fc.property(fc.shuffledSubarray(records, { minLength: 4 }), (shuffled) => void expect(shuffled.toSorted(compareMatches)).toEqual(sorted)));
});

test("nothing that JSON can say throws", () => {
  const value = fc.oneof(fc.jsonValue(), fc.record({ id: fc.jsonValue(), players: fc.array(fc.jsonValue()), places: fc.array(fc.jsonValue()), winner: fc.jsonValue(), board: fc.string(), at: fc.jsonValue(), origin: fc.string() }, { requiredKeys: [] }));
  fc.assert(fc.property(value, (input) => void parseMatch(input, { now: NOW })));
});

test("the text that a match is hashed by is its canonical JSON, whoever hashes it", () => {
  const text = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom("é", "😀 x", 'a"b', "\\", "\u2028"));
  const count = fc.option(fc.nat(), { nil: null });
  const seat = fc.record({ player: text, place: fc.integer({ min: 1, max: 4 }) });
  const match = fc.record({ id: text, seats: fc.array(seat, { minLength: 2, maxLength: 5 }), board: text, numPlayers: fc.nat(), length: count, durationMs: count, at: fc.maxSafeNat(), origin: text, tournament: fc.option(text, { nil: null }) });
  fc.assert(
    fc.property(match, ({ seats, ...rest }) => {
      const made = { ...rest, players: seats.map(({ player }) => player), places: seats.map(({ place }) => place) };
      expect(matchText(made)).toBe(canonicalJson(made));
      expect(matchHash(made, (value) => createHash("sha256").update(value).digest("hex"))).toBe(matchHash(made));
    }),
    { numRuns: 40 },
  );
});

test("what is taken without a list of problems is what the judge of every field says", () => {
  const text = fc.oneof({ weight: 8, arbitrary: fc.constantFrom("a", "b", "c", "é") }, { weight: 1, arbitrary: fc.constantFrom("", "x".repeat(257), "\u0001", "\ud800") });
  const whole = fc.oneof({ weight: 8, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.constantFrom(-1, -0, 1.5, NaN, 1e21, NOW, NOW + 300_001) });
  const odd = fc.constantFrom<unknown>(null, undefined, true, "1", {}, [], [null], "2026-01-01T00:00:00Z");
  const mostly = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 14, arbitrary: usual }, { weight: 1, arbitrary: odd });
  const result = fc.oneof(fc.record({ places: mostly(fc.array(whole, { minLength: 2, maxLength: 2 })) }), fc.record({ winner: mostly(fc.option(text)) }), fc.record({ places: mostly(fc.array(whole)), winner: mostly(text) }));
  const fields = { id: mostly(text), players: mostly(fc.uniqueArray(text, { minLength: 2, maxLength: 2 })), board: mostly(text), at: mostly(whole), numPlayers: mostly(whole), length: mostly(fc.option(whole)), durationMs: mostly(fc.option(whole)), origin: mostly(text), tournament: mostly(fc.option(text)), extra: fc.constant(1) };
  let taken = 0;
  fc.assert(
    fc.property(fc.record(fields, { requiredKeys: ["id", "players", "board", "at"] }), result, fc.integer({ min: 0, max: 2 }), (row, won, extra) => {
      const { extra: left, ...rest } = row;
      const value = { ...rest, ...won, ...(extra === 0 && left !== undefined ? { extra: left } : {}) };
      const plain = plainMatch(value, { now: NOW, origin: "here" });
      if (plain === null) return;
      taken++;
      expect(plain).toEqual(judgeMatch(value, { now: NOW, origin: "here" }));
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(100);
});
