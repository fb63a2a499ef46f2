import fc from "fast-check";
import { expect, test } from "vitest";

import { mersenneTwister, numpyShuffled } from "./mersenne-twister.ts";
import { everyFifth, everyNthFromTheEnd, foldsOf, holdout, holdoutSizes, rowsOf, type GameRows } from "./split-games.ts";

function gamesOf(sizes: readonly number[]): readonly GameRows[] {
  let next = 0;
  return sizes.map((size, i) => ({ game: `g${i}`, rows: Array.from({ length: size }, () => next++) }));
}

test("V13: a fifth of the rows is held out on each side; every fifth game validates", () => {
  expect([3000, 1001, 7].map((n) => Object.values(holdoutSizes(n)))).toEqual([[1800, 600, 600], [601, 200, 200], [5, 1, 1]]);
  expect(rowsOf(everyFifth(gamesOf(Array.from({ length: 12 }, () => 1))).validation)).toEqual([4, 9]);
  expect(rowsOf(everyFifth(gamesOf([1, 1, 1])).validation)).toEqual([2]);
});

test("V14: folds as NumPy's shuffle of seed 42 makes them", () => {
  const games = gamesOf([17, 20, 22, 18, 25, 19, 21, 16, 24, 23]);
  expect(numpyShuffled(games, 42).map(({ game }) => game).join()).toBe("g8,g1,g5,g0,g7,g2,g9,g4,g3,g6");
  const folds = foldsOf(games, 3);
  expect(folds.map((fold) => fold.map(({ game }) => game))).toEqual([["g8", "g2", "g3"], ["g1", "g7", "g9", "g6"], ["g5", "g0", "g4"]]);
  expect(folds.map((fold) => rowsOf(fold).length)).toEqual([64, 80, 61]);
});

test("the twister's first numbers are NumPy's", () => {
  const next = mersenneTwister(42);
  expect([next(), next(), next()]).toEqual([1_608_637_542, 3_421_126_067, 4_083_286_876]);
});

test("V20: one of five, counted back from the last", () => {
  expect(everyNthFromTheEnd(Array.from({ length: 12 }, (_, i) => i), 5)).toEqual([1, 6, 11]);
});

test("I28: whatever the games, each is on one side as a whole, and the test is newer than the rest", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 3, maxLength: 60 }), (sizes) => {
      const games = gamesOf(sizes);
      const parts = holdout(games);
      const sides = [parts.train, parts.validation, parts.test].map(rowsOf);
      for (const { rows } of games) expect(sides.filter((side) => rows.some((row) => side.includes(row)))).toHaveLength(1);
      expect(sides.flat()).toEqual(rowsOf(games));
      for (const side of sides) expect(side.length).toBeGreaterThan(0);
    }),
  );
  expect(() => holdout(gamesOf([3, 3]))).toThrow(/2 games/);
});
