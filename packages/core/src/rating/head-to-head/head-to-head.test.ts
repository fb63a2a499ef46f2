import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Match } from "../match/match.ts";
import { sprtEstimate } from "../../statistics/sequential/sprt-estimate.ts";
import { headOvershoot, headPath, headTest, scoreOf, watchedTest, type HeadRule } from "./head-test.ts";
import { headCounts, headUnits, type HeadCounts, type HeadUnit } from "./head-to-head.ts";

let made = 0;
const match = (players: readonly string[], places: readonly number[], tournament: string | null = null): Match => ({
  id: `m-${++made}`, players, places, board: "square8", numPlayers: players.length, length: null, durationMs: null, at: made, origin: "n", tournament,
});
const won = (tournament: string | null = null): Match => match(["a", "b"], [1, 2], tournament);
const wonBehind = (tournament: string | null = null): Match => match(["b", "a"], [2, 1], tournament);
const lost = (tournament: string | null = null): Match => match(["a", "b"], [2, 1], tournament);
const counted = (matches: readonly Match[], pairing: "tournament" | "none" = "tournament") => headCounts(headUnits(matches, ["a", "b"], pairing));
const pairs = (...counts: readonly [number, number, number, number, number]): HeadCounts => ({ singles: { wins: 0, draws: 0, losses: 0 }, pairs: counts });

describe("which games are pairs", () => {
  test("two of a tournament with seats swapped are one result; a game is never in two", () => {
    expect(counted([won("t"), wonBehind("t")])).toEqual(pairs(0, 0, 0, 0, 1));
    expect(counted([lost("t"), wonBehind("t"), won("t")])).toEqual({ singles: { wins: 1, draws: 0, losses: 0 }, pairs: [0, 0, 1, 0, 0] });
    expect(counted([won("t"), wonBehind("t")], "none").singles).toEqual({ wins: 2, draws: 0, losses: 0 });
  });

  test("the same seats twice, another tournament, or none at all are no pair", () => {
    expect(counted([won("t"), won("t")]).singles.wins).toBe(2);
    expect(counted([won("t"), wonBehind("u")]).singles.wins).toBe(2);
    expect(counted([won(), wonBehind()]).singles.wins).toBe(2);
  });

  test("of several players the two alone; where only another winner is known, nothing", () => {
    expect(counted([match(["a", "c", "b"], [2, 1, 3])]).singles.wins).toBe(1);
    expect(counted([match(["a", "c", "b"], [2, 1, 2])]).singles).toEqual({ wins: 0, draws: 0, losses: 0 });
    expect(counted([match(["a", "c", "b"], [1, 2, 1])]).singles.draws).toBe(1);
    expect(counted([match(["c", "b"], [1, 2])]).singles).toEqual({ wins: 0, draws: 0, losses: 0 });
  });

  test("every game is counted once", () => {
    const game = fc.record({ first: fc.boolean(), result: fc.constantFrom([1, 2], [2, 1], [1, 1]), tournament: fc.constantFrom(null, "t", "u") });
    fc.assert(
      fc.property(fc.array(game), (games) => {
        const matches = games.map(({ first, result, tournament }) => match(first ? ["a", "b"] : ["b", "a"], result, tournament));
        const [paired, none] = [counted(matches), counted(matches, "none")];
        const { wins, draws, losses } = paired.singles;
        expect(wins + draws + losses + 2 * paired.pairs.reduce((sum, n) => sum + n, 0)).toBe(games.length);
        expect(scoreOf(paired)).toBe(scoreOf(none));
      }),
    );
  });
});

describe("the test of two", () => {
  const published: HeadRule = { elo0: -1.75, elo1: 0.25, scale: "normalized", alpha: 0.05, beta: 0.05 };
  const results = pairs(93, 18_711, 58_877, 18_739, 100);

  test("a published test of game pairs, accepted by its overshoot alone", () => {
    const wald = headTest(results, published, null);
    expect(wald?.llr).toBeCloseTo(2.9421, 5);
    expect(wald).toMatchObject({ status: "continue", games: 193_040 });
    // Its step is 0.00814 standard deviations; a walk of such steps jumps 0.583 of them beyond (Siegmund).
    expect(headTest(results, published, { lower: 0.0047, upper: 0.0047 })?.status).toBe("pass");
  });

  test("its published estimate, interval and likelihood of superiority", () => {
    const watched = watchedTest(results, published, headTest(results, published, null)?.llr ?? 0);
    if (watched === null) throw new Error("there is variance");
    const estimate = sprtEstimate(watched, 0.95);
    expect(estimate.value).toBeCloseTo(-0.06778, 4);
    expect(estimate.low).toBeCloseTo(-0.84664, 4);
    expect(estimate.high).toBeCloseTo(0.66011, 4);
    expect(estimate.superiority).toBeCloseTo(0.42879, 4);
  });

  test("a test that is found far beyond its bound crossed it earlier, so that its estimate says less than its point", () => {
    const rule: HeadRule = { elo0: 0, elo1: 50, scale: "logistic", alpha: 0.05, beta: 0.05 };
    const found = pairs(5, 20, 60, 75, 40);
    const watched = watchedTest(found, rule, headTest(found, rule, null)?.llr ?? 0);
    if (watched === null) throw new Error("there is variance");
    const { value, low, high } = sprtEstimate(watched, 0.9);
    expect(low).toBeGreaterThan(0);
    expect(value).toBeLessThan(112);
    expect(value).toBeGreaterThan(low);
    expect(high).toBeGreaterThan(value);
    expect(watchedTest(pairs(0, 0, 9, 0, 0), rule, 0)).toBeNull();
  });

  test("single games and pairs add up, and neither is lost", () => {
    const rule: HeadRule = { elo0: 0, elo1: 25, scale: "logistic", alpha: 0.05, beta: 0.05 };
    const both = headTest({ singles: { wins: 40, draws: 20, losses: 30 }, pairs: [3, 10, 20, 15, 6] }, rule, null);
    const apart = [headTest({ singles: { wins: 40, draws: 20, losses: 30 }, pairs: [0, 0, 0, 0, 0] }, rule, null), headTest(pairs(3, 10, 20, 15, 6), rule, null)];
    expect(both?.llr).toBeCloseTo((apart[0]?.llr ?? 0) + (apart[1]?.llr ?? 0), 12);
    expect(both?.games).toBe(198);
  });

  test("draws alone say nothing; wins alone are a binomial sequence", () => {
    const rule: HeadRule = { elo0: 0, elo1: 100, scale: "logistic", alpha: 0.05, beta: 0.05 };
    expect(headTest(pairs(0, 0, 50, 0, 0), rule, null)).toBeNull();
    const all = headTest({ singles: { wins: 30, draws: 0, losses: 0 }, pairs: [0, 0, 0, 0, 0] }, rule, null);
    expect(all?.llr).toBeCloseTo(30 * Math.log(2 / (1 + 10 ** (-100 / 400))), 2);
  });

  test("the overshoot of a path is about half of a step, and that of nothing is none", () => {
    const rule: HeadRule = { elo0: 0, elo1: 100, scale: "logistic", alpha: 0.05, beta: 0.05 };
    expect(headOvershoot([], rule)).toEqual({ lower: 0, upper: 0 });
    const path = Array.from({ length: 60 }, (_, i) => ({ kind: "single", halves: i % 3 === 2 ? 0 : 2 }) as const);
    const { upper } = headOvershoot(path, rule);
    expect(upper).toBeGreaterThan(0.03);
    expect(upper).toBeLessThan(0.25);
    // From long paths it is known well enough, and whoever shows the path shows the same.
    const long = Array.from({ length: 20_500 }, (_, i) => ({ kind: "single", halves: i % 2 === 0 ? 0 : 2 }) as const);
    const last = headPath(long, rule).at(-1);
    expect(headOvershoot(long, rule)).toEqual(headOvershoot(long.slice(0, 20_000), rule));
    expect(last?.upper).toBeCloseTo(Math.log(19) - headOvershoot(long, rule).upper, 12);
  });
});

const PATH_RULE: HeadRule = { elo0: 0, elo1: 30, scale: "logistic", alpha: 0.05, beta: 0.05 };

test("each point of the path is what the test says of the results so far, bit for bit", () => {
  const units = Array.from({ length: 120 }, (_, i): HeadUnit => (i % 3 === 0 ? { kind: "pair", halves: ((i * 7) % 5) as 0 | 1 | 2 | 3 | 4 } : { kind: "single", halves: ((i * 5) % 3) as 0 | 1 | 2 }));
  const path = headPath(units, PATH_RULE);
  for (const length of [2, 17, 60, 120]) {
    const part = units.slice(0, length);
    const said = headTest(headCounts(part), PATH_RULE, headOvershoot(part, PATH_RULE));
    const point = path[length - 1];
    expect([point?.games, point?.llr, point?.lower, point?.upper]).toEqual([said?.games, said?.llr, said?.lower, said?.upper]);
  }
  expect(headPath([], PATH_RULE)).toEqual([]);
});
