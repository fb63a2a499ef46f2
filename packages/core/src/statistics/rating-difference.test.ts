import { expect, test } from "vitest";

import { ratingDifference } from "./rating-difference.ts";

test.each([
  [30, 0.4041],
  [100, 0.9229],
  [111, 0.9503],
])("V16: %d points after 100 games each", (points, confidence) => {
  const found = ratingDifference({ elo: 1500 + points, games: 100 }, { elo: 1500, games: 100 });
  expect(found.confidence).toBeCloseTo(confidence, 4);
  expect(found).toMatchObject({ difference: points, winner: "first" });
});

test("a difference of up to 25 points has no winner; 30 points need some 1,400 games on each side", () => {
  expect(ratingDifference({ elo: 1525, games: 1e6 }, { elo: 1500, games: 1e6 }).winner).toBeNull();
  expect(ratingDifference({ elo: 1474, games: 10 }, { elo: 1500, games: 10 }).winner).toBe("second");
  const after = (games: number): number => ratingDifference({ elo: 1530, games }, { elo: 1500, games }).confidence;
  expect([after(1365) < 0.95, after(1366) >= 0.95]).toEqual([true, true]);
  expect(() => ratingDifference({ elo: 1500, games: 0 }, { elo: 1500, games: 1 })).toThrow(/0 games/);
});
