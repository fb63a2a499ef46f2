import { expect, test } from "vitest";

import { RING19 } from "../rules/board.ts";
import { leastSquares } from "./least-squares.ts";
import { trainVersion, valueMseOf } from "./train-version.ts";

test("least squares finds the weights that made the values, and gives a column of zeros none", () => {
  const rows = Array.from({ length: 400 }, (_, i) => [(i * 7) % 11, (i * 5) % 13, 0]);
  const found = leastSquares(rows.map((row) => ({ row, value: 3 * (row[0] as number) - 2 * (row[1] as number) })), 3);
  expect(found[0]).toBeCloseTo(3, 2);
  expect(found[1]).toBeCloseTo(-2, 2);
  expect(found[2]).toBe(0);
});

test("training learns: of other games it predicts the ends better than stones alone do, and again it learns the same", () => {
  const teacher = { weights: [1000, 0, 0, 0, 0, 0], nodes: 30 };
  const games = { board: RING19, player: teacher, games: 100, seed: 1 };
  const trained = trainVersion(games, 40);
  expect(trained.nodes).toBe(40);
  expect(valueMseOf(trained, { ...games, seed: 2 })).toBeLessThan(valueMseOf(teacher, { ...games, seed: 2 }));
  expect(trainVersion(games, 40)).toEqual(trained);
  expect(trainVersion({ ...games, seed: 3 }, 40)).not.toEqual(trained);
});
