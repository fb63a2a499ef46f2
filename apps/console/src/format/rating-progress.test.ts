import { expect, test } from "vitest";

import { pairParts, singleParts, testFrame, testWords } from "./rating-progress.ts";

const TEST = { elo0: 0, elo1: 25, alpha: 0.05, beta: 0.05, minGames: 50, maxGames: null };
const point = (games: number, llr: number) => ({ games, llr, lower: -2.94, upper: 2.94 });

test("where the test stands, as a sentence", () => {
  expect(testWords({ ...TEST, path: [] })).toBe("Tested is whether it is more than 0 Elo better, against 25 Elo. No game of the two has a winner yet.");
  expect(testWords({ ...TEST, path: [point(30, 0.5)] })).toMatch(/After 30 games the log-likelihood ratio is 0\.50, between the bounds −2\.94 and 2\.94, and 20 more are asked for in any case\.$/);
  expect(testWords({ ...TEST, path: [point(400, 3.1)] })).toMatch(/past the bound that promotes/);
  expect(testWords({ ...TEST, path: [point(400, -3)] })).toMatch(/past the bound that retains/);
});

test("the frame holds the path, its bounds and the games that are asked for", () => {
  const frame = testFrame({ ...TEST, path: [point(2, 0.1), point(20, -0.4)] });
  expect(frame?.games).toEqual([0, 50]);
  expect(frame?.scale.low).toBeLessThan(-2.94);
  expect(frame?.scale.high).toBeGreaterThan(2.94);
  expect(testFrame({ ...TEST, path: [] })).toBe(null);
});

test("results from good to bad; without any there is no bar", () => {
  expect(singleParts({ singles: { wins: 3, draws: 1, losses: 0 } }).map(({ name, count }) => `${name} ${count}`)).toEqual(["won 3", "drawn 1", "lost 0"]);
  expect(pairParts({ pairs: [1, 2, 3, 4, 5] }).map(({ name, count }) => `${name} ${count}`)).toEqual(["2 points 5", "1½ 4", "1 3", "½ 2", "0 points 1"]);
  expect(pairParts({ pairs: [5, 0, 0, 0, 15] }).map(({ from, share }) => [from, share])).toEqual([[0, 0.75], [0.75, 0], [0.75, 0], [0.75, 0], [0.75, 0.25]]);
  expect([singleParts({ singles: { wins: 0, draws: 0, losses: 0 } }), pairParts({ pairs: [0, 0, 0, 0, 0] })]).toEqual([[], []]);
});
