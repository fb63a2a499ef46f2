import fc from "fast-check";
import { expect, test } from "vitest";

import { serviceElo } from "../elo/service-elo.ts";
import { compareMatches } from "../match/match-hash.ts";
import type { Match } from "../match/match.ts";
import { driftKey, driftLastHour, driftLastTwo, driftPersists, driftTrend, withSnapshot, type DriftSnapshot } from "./drift-history.ts";
import { driftOf, type DriftQuestion, type TableRow } from "./drift.ts";
import { splitDrift } from "./split-drift.ts";

const ALL: DriftQuestion = { board: null, numPlayers: null, by: "config" };
const row = (participant: string, rating: number, board = "square8"): TableRow => ({ participant, board, numPlayers: 2, rating });
const apart = (...differences: readonly number[]) => driftOf(differences.map((d, i) => row(`p${i}`, 1500 + d)), differences.map((_, i) => row(`p${i}`, 1500)), ALL);

test("V8: what is significant", () => {
  expect(apart(50, -1.5)).toMatchObject({ maxRatingDiff: 50, avgRatingDiff: 25.75, isSignificant: true });
  expect(apart(25, -25)).toMatchObject({ avgRatingDiff: 25, isSignificant: false });
  expect(apart(50.1)).toMatchObject({ isSignificant: true });
  expect(apart(26, 25)).toMatchObject({ avgRatingDiff: 25.5, isSignificant: true });
});

test("a point or less is no difference, and who is missing on one side has none", () => {
  expect(apart(1, -1, 0.5)).toMatchObject({ participantsInBoth: 3, maxRatingDiff: 0, avgRatingDiff: 0, ratingDiffs: [] });
  expect(driftOf([row("a", 1500), row("b", 1600)], [row("b", 1500), row("c", 1500), row("d", 1500)], ALL)).toEqual({
    participantsInSource: 2, participantsInTarget: 3, participantsInBoth: 1, maxRatingDiff: 100, avgRatingDiff: 100, isSignificant: true, ratingDiffs: [["b@square8_2p", 100]],
  });
  const none = { participantsInBoth: 0, maxRatingDiff: 0, isSignificant: false };
  expect(driftOf(null, [row("a", 1)], ALL)).toMatchObject({ ...none, participantsInSource: 0, participantsInTarget: 1 });
  expect(driftOf([row("a", 1)], null, ALL)).toMatchObject({ ...none, participantsInSource: 1, participantsInTarget: 0 });
});

const rows = fc.uniqueArray(fc.record({ participant: fc.constantFrom("a", "a!", "b", "b@c", "é"), board: fc.constantFrom("hex8", "square8"), numPlayers: fc.constantFrom(2, 10), rating: fc.integer({ min: 0, max: 99 }).map((tenths) => 1500 + tenths / 10) }), { selector: ({ participant, board, numPlayers }) => `${participant} ${board} ${numPlayers}` });
const inOrder = (table: readonly TableRow[]) => table.toSorted((a, b) => (a.board < b.board ? -1 : a.board > b.board ? 1 : a.numPlayers - b.numPlayers || (a.participant < b.participant ? -1 : 1)));

test("tables in order and tables in none have the same drift, bit for bit", () => {
  const questions: readonly DriftQuestion[] = [ALL, { ...ALL, board: "hex8" }, { board: "hex8", numPlayers: 10, by: "config" }, { board: "hex8", numPlayers: 10, by: "participant" }];
  fc.assert(
    fc.property(rows, rows, fc.constantFrom(...questions), (ours, theirs, question) => {
      const wanted = driftOf(inOrder(ours), inOrder(theirs), question);
      expect(driftOf(ours, theirs, question)).toEqual(wanted);
      expect(driftOf(ours.toReversed(), inOrder(theirs), question)).toEqual(wanted);
    }),
  );
});

test("V11: by participant alone, boards are mixed; by configuration they are not", () => {
  const ours = [row("x", 1560), row("x", 1300, "hex8"), row("y", 1490)];
  const theirs = [row("x", 1500), row("y", 1500)];
  const mixed = driftOf(ours, theirs, { ...ALL, by: "participant" });
  expect(mixed.ratingDiffs[0]).toEqual(["x", -200]);
  const filtered = driftOf(ours, theirs, { board: "square8", numPlayers: 2, by: "participant" });
  expect(filtered.ratingDiffs).toEqual([["x", 60], ["y", -10]]);
  expect(filtered).toMatchObject({ maxRatingDiff: 60, avgRatingDiff: 35 });
  expect(driftOf(ours, theirs, ALL)).toMatchObject({ participantsInSource: 3, participantsInBoth: 2, maxRatingDiff: 60, avgRatingDiff: 35 });
});

test("V9: trend and persistence", () => {
  const of = (...values: readonly number[]) => driftTrend(values.map((maxRatingDiff) => ({ maxRatingDiff })));
  expect([of(100, 100), of(100, 100, 79), of(100, 80, 80), of(100, 79, 80), of(10, 12, 12), of(10, 12.5, 12.5), of(0, 0, 5), of(1, 900, 100, 100, 79, 79, 79)]).toEqual(
    ["unknown", "stable", "stable", "improving", "stable", "worsening", "worsening", "improving"],
  );
  const persists = (...values: readonly number[]) => driftPersists(values.map((value) => ({ isSignificant: value > 50 })));
  expect([persists(60, 60, 40), persists(60, 60), persists(10, 60, 60, 60)]).toEqual([false, false, true]);
});

test("the history keeps a hundred, and the last hour is one", () => {
  const at = (minute: number, maxRatingDiff: number): DriftSnapshot => ({ checkedAt: minute * 60_000, maxRatingDiff, avgRatingDiff: 0, isSignificant: false, participants: 1 });
  const history = Array.from({ length: 150 }, (_, i) => i).reduce<readonly DriftSnapshot[]>((kept, minute) => withSnapshot(kept, at(minute, minute)), []);
  expect([history.length, history[0]?.checkedAt]).toEqual([100, 50 * 60_000]);
  expect(driftLastHour(history, 149 * 60_000)).toBe((90 + 149) / 2);
  expect(driftLastHour(history, 300 * 60_000)).toBe(null);
  expect([driftLastTwo(history), driftLastTwo([])]).toEqual([148.5, null]);
  expect([driftKey("square8", 2), driftKey(null, null)]).toEqual(["square8_2", "all_all"]);
});

test("drift is split into what other matches and what another order made of it", () => {
  const match = (i: number, players: readonly string[], places: readonly number[]): Match => ({ id: `m${i}`, players, places, board: "square8", numPlayers: 2, length: null, durationMs: null, at: i, origin: "n", tournament: null });
  const matches = Array.from({ length: 300 }, (_, i) => match(i, [`p${i % 3}`, "q"], i % 100 < 60 ? [1, 2] : [2, 1]));
  const table = (list: readonly Match[]): readonly TableRow[] => serviceElo(list).map(({ participant, rating }) => row(participant, rating));
  const node = (list: readonly Match[]) => ({ asStored: table(list), fromMatches: table(list.toSorted(compareMatches)) });
  const same = splitDrift(node(matches), node(matches.toReversed()), ALL);
  expect(same.total.isSignificant).toBe(true);
  expect(same.data.ratingDiffs).toEqual([]);
  expect(same.order.ratingDiffs).toEqual(same.total.ratingDiffs);
  const fewer = splitDrift(node(matches), node(matches.slice(0, 250)), ALL);
  expect(fewer.data.ratingDiffs).toEqual(fewer.total.ratingDiffs);
  expect(fewer.order.ratingDiffs).toEqual([]);
});
