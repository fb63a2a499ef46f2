import fc from "fast-check";
import { expect, test } from "vitest";

import type { Match } from "../match/match.ts";
import { glickoTable } from "./glicko-table.ts";
import { GLICKO_INITIAL, glicko2 } from "./glicko2.ts";

test("Glickman's example: 1500 beats 1400, loses to 1550 and 1700", () => {
  const after = glicko2({ rating: 1500, deviation: 200, volatility: 0.06 }, [
    { opponent: { rating: 1400, deviation: 30 }, score: 1 },
    { opponent: { rating: 1550, deviation: 100 }, score: 0 },
    { opponent: { rating: 1700, deviation: 300 }, score: 0 },
  ], 0.5);
  expect(after.rating).toBeCloseTo(1464.06, 1);
  expect(after.deviation).toBeCloseTo(151.52, 2);
  // Published as 0.05999, cut off after the fifth digit.
  expect(Math.floor(after.volatility * 1e5)).toBe(5999);
});

test("without games only the deviation grows", () => {
  const after = glicko2({ rating: 1600, deviation: 50, volatility: 0.06 }, [], 0.5);
  expect(after).toMatchObject({ rating: 1600, volatility: 0.06 });
  expect(after.deviation).toBeCloseTo(Math.sqrt(50 ** 2 + (0.06 * 173.7178) ** 2), 10);
});

test("a surprise raises the volatility", () => {
  const after = glicko2({ rating: 1500, deviation: 60, volatility: 0.06 }, Array.from({ length: 10 }, () => ({ opponent: { rating: 2100, deviation: 30 }, score: 1 })), 0.5);
  expect(after.volatility).toBeGreaterThan(0.06);
});

const match = (id: string, at: number, players: readonly string[], places: readonly number[]): Match => ({ id, players, places, board: "b", numPlayers: players.length, length: null, durationMs: null, at, origin: "n", tournament: null });

test("the order in which matches come is no matter, bit for bit", () => {
  const matches = [match("1", 5, ["a", "b"], [1, 2]), match("2", 7, ["b", "c"], [1, 1]), match("3", 17, ["a", "c", "b"], [2, 1, 2]), match("4", 18, ["a", "b"], [2, 1]), match("5", 99, ["d", "b"], [2, 1])];
  const rule = { periodMs: 10, tau: 0.5 };
  const table = [...glickoTable(matches, rule)];
  expect(table.map(([id]) => id)).toEqual(["a", "b", "c", "d"]);
  fc.assert(fc.property(fc.shuffledSubarray(matches, { minLength: 5 }), (shuffled) => void expect([...glickoTable(shuffled, rule)]).toEqual(table)));
});

test("who rests for long is known no worse than who never played", () => {
  const table = glickoTable([match("1", 0, ["a", "b"], [1, 2]), match("2", 10_000_000, ["c", "d"], [1, 2])], { periodMs: 10_000, tau: 0.5 });
  expect(table.get("a")?.deviation).toBeLessThanOrEqual(GLICKO_INITIAL.deviation);
  expect(table.get("a")?.rating).toBeGreaterThan(1500);
});
