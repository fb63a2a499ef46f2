import fc from "fast-check";
import { expect, test } from "vitest";

import type { Match } from "../match/match.ts";
import { newEloRow, serviceConfidence, winRate, type EloRow } from "./elo-row.ts";
import { expectedScore } from "./expected-score.ts";
import { replayElo } from "./replay-elo.ts";
import { SERVICE_ELO, serviceElo } from "./service-elo.ts";
import { tournamentDeviation, tournamentElo, tournamentInterval } from "./tournament-elo.ts";

const match = (places: readonly number[], players: readonly string[] = ["a", "b", "c", "d"].slice(0, places.length), numPlayers: number = players.length): Match => ({
  id: "m", players, places, board: "square8", numPlayers, length: null, durationMs: null, at: 0, origin: "n", tournament: null,
});
const [WIN, DRAW, LOSS] = [match([1, 2]), match([1, 1]), match([2, 1])];
const ratings = (rows: readonly EloRow[]): readonly number[] => rows.map(({ rating }) => rating);
const near = (rows: readonly EloRow[], wanted: readonly number[], digits = 6): void => {
  expect(rows.length).toBe(wanted.length);
  for (const [i, value] of ratings(rows).entries()) expect(value).toBeCloseTo(wanted[i] as number, digits);
};
const changes = (matches: readonly Match[]): readonly number[] => matches.map((_, i) => serviceElo(matches.slice(0, i + 1))[0]!.rating - (serviceElo(matches.slice(0, i))[0]?.rating ?? 1500));

test("V12: the service, win, win, draw, loss", () => {
  const steps = changes([WIN, WIN, DRAW, LOSS]);
  for (const [i, wanted] of [16, 14.530_498, -2.783_365, -18.534_092].entries()) expect(steps[i]).toBeCloseTo(wanted, 6);
  const rows = serviceElo([WIN, WIN, DRAW, LOSS]);
  near(rows, [1509.213_042, 1490.786_958]);
  expect(rows[0]).toMatchObject({ games: 4, wins: 2, losses: 1, draws: 1 });
  expect(rows[0]?.peak).toBeCloseTo(1530.530_498, 6);
  expect(winRate(rows[0] as EloRow)).toBe(0.625);
  expect(serviceConfidence(rows[0] as EloRow)).toBeCloseTo(4 / 30, 15);
  expect([winRate(newEloRow("x")), serviceConfidence({ ...newEloRow("x"), games: 60 })]).toEqual([0.5, 1]);
});

test("V12: the later service's adaptive K", () => {
  const adaptive = { ...SERVICE_ELO, adaptive: true };
  near(serviceElo([WIN], adaptive), [1524, 1476]);
  near(serviceElo([WIN, WIN], adaptive), [1544.705_213, 1455.294_787]);
  near(serviceElo([match([1, 2], ["a", "b"], 4)], adaptive), [1508, 1492]);
  near(serviceElo([match([1, 2], ["a", "b"], 3)], adaptive), [1512, 1488]);
  near(serviceElo([LOSS], SERVICE_ELO, [newEloRow("a", 1600), newEloRow("b")]), [1600 - 20.482_08, 1500 + 20.482_08], 5);
  near(serviceElo([WIN], adaptive, [{ ...newEloRow("a", 1700), games: 400 }, { ...newEloRow("b"), games: 400 }]), [1705.766_074, 1494.233_926]);
});

test("V12: a pinned participant stays, its opponent moves", () => {
  const rows = serviceElo([WIN], { ...SERVICE_ELO, pinned: new Map([["b", 400]]) });
  expect(rows[1]).toMatchObject({ rating: 400, games: 1, losses: 1 });
  expect(rows[0]?.rating).toBeCloseTo(1500 + 32 * (1 - expectedScore(1500, 400)), 12);
});

test("the service refuses what it does not rate", () => {
  expect(() => serviceElo([match([1, 2, 3])])).toThrow(/3 rated players/);
});

test("V13: the tournament calculator", () => {
  near(tournamentElo([WIN]), [1520, 1480]);
  near(tournamentElo([WIN, WIN]), [1537.707_535, 1462.292_465]);
  const four = tournamentElo([match([1, 2, 3, 4])]);
  near(four, [1520, 1506.666_667, 1493.333_333, 1480]);
  expect(four.map(({ wins, losses, draws }) => [wins, losses, draws])).toEqual([[1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]]);
  near(tournamentElo([match([1, 1, 2])]), [1510, 1510, 1480]);
  near(tournamentElo([WIN], [{ ...newEloRow("a", 2450), games: 30 }, { ...newEloRow("b", 2300), games: 30 }]), [2454.745_84, 2290.508_32], 5);
  expect(tournamentElo([DRAW])[0]).toMatchObject({ rating: 1500, draws: 1, wins: 0 });
});

test("V14: expected scores and deviations", () => {
  expect(expectedScore(1600, 1500)).toBeCloseTo(0.640_065, 6);
  expect(expectedScore(1500, 1900)).toBeCloseTo(0.090_909, 6);
  for (const [games, wanted] of [[0, 350], [30, 272.2455], [100, 160.3638], [300, 64.9361]] as const) expect(tournamentDeviation(games)).toBeCloseTo(wanted, 4);
  expect(tournamentInterval({ rating: 1500, games: 0 }, 2)).toEqual({ low: 800, high: 2200 });
});

test("columns give the service's figures, bit for bit, and no point is lost", () => {
  const game = fc.record({ first: fc.nat(4), away: fc.integer({ min: 1, max: 4 }), score: fc.nat(2) });
  fc.assert(fc.property(fc.array(game, { minLength: 1 }), (games) => {
    const first = Uint32Array.from(games, (g) => g.first);
    const second = Uint32Array.from(games, (g) => (g.first + g.away) % 5);
    const table = new Float64Array(5).fill(1500);
    replayElo({ first, second, score: Uint8Array.from(games, (g) => g.score) }, 32, table);
    const rows = serviceElo(games.map((g, i) => match(g.score === 1 ? [1, 1] : g.score === 2 ? [1, 2] : [2, 1], [`p${first[i]}`, `p${second[i]}`])));
    for (const row of rows) expect(row.rating).toBe(table[Number(row.participant.slice(1))]);
    expect(table.reduce((sum, rating) => sum + rating, 0)).toBeCloseTo(7500, 8);
  }));
});
