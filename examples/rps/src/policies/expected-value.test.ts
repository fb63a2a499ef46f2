import { expect, test } from "vitest";

import { asProbabilities, bestMove, moveValues, type Probabilities } from "./expected-value.ts";

const POINTS = [10, 14, 19] as const;
const GUESS: Probabilities = [0.5, 0.3, 0.2];

test.each([
  [GUESS, 0, 0, [-0.22, 0.32, 0.07], "paper"],
  [GUESS, 50, 30, [-0.17, 0.35, 0.09], "paper"],
  [GUESS, 86, 30, [-0.08, 5.404, 3.126], "paper"],
  [GUESS, 30, 81, [-0.3475, -1.7565, 0.019], "scissors"],
  [[1 / 3, 1 / 3, 1 / 3] as Probabilities, 0, 0, [-0.1333, -0.1667, 0.3], "scissors"],
] as const)("V7: %j with the bot at %i and the user at %i tenths", (probabilities, bot, user, values, move) => {
  const standing = { points: POINTS, score: { bot, user } };
  for (const [i, value] of moveValues(probabilities, standing).entries()) expect(value).toBeCloseTo(values[i]!, 4);
  expect(bestMove(probabilities, standing)).toBe(move);
});

test("of equal values the first move counts; numbers become chances", () => {
  expect(bestMove([1 / 3, 1 / 3, 1 / 3], { points: [10, 10, 10], score: { user: 0, bot: 0 } })).toBe("rock");
  expect(asProbabilities([2, 1, 1])).toEqual([0.5, 0.25, 0.25]);
  expect(asProbabilities([-1, 3])).toEqual([0, 1, 0]);
  expect(asProbabilities([0.2, 0.2, 0.1, 9])).toEqual([0.4, 0.4, 0.2]);
  for (const nothing of [[], [0, 0, 0], [-1, -2, -3], [Number.NaN, Number.NaN, Number.NaN]]) expect(asProbabilities(nothing)).toEqual([1 / 3, 1 / 3, 1 / 3]);
});
