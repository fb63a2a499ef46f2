import { expect, test } from "vitest";

import { countMatches } from "../../rating/counts/count-matches.ts";
import { serviceElo } from "../../rating/elo/service-elo.ts";
import { tournamentElo } from "../../rating/elo/tournament-elo.ts";
import { fitRatings } from "../../rating/fit/fit-ratings.ts";
import { RATING_MODEL } from "../../rating/fit/rating-model.ts";
import { uncertaintyOf } from "../../rating/fit/uncertainty.ts";
import type { Match } from "../../rating/match/match.ts";
import { ratingPolicy } from "../../testing/rating-observation.ts";
import type { RatingView } from "../rating-view.ts";
import { ratingDigest, ratingViewOf, type RatedPair } from "./rating-view-of.ts";

function matchOf(players: readonly string[], places: readonly number[], at: number): Match {
  return { id: `m${at}`, players, places, board: "square8", numPlayers: players.length, length: null, durationMs: null, at, origin: "n", tournament: null };
}

function viewOf(matches: readonly Match[], pair: Partial<RatedPair> = {}, anchors: ReadonlyMap<string, number> = new Map()): RatingView {
  const several = matches.some(({ players }) => players.length > 2);
  const fit = fitRatings(countMatches(matches), { ...RATING_MODEL, anchors });
  return ratingViewOf({ matches, fit, elo: several ? tournamentElo(matches) : serviceElo(matches), digest: "d" }, { policy: ratingPolicy(), alpha: 0.05, challenger: "b", baseline: "a", ...pair });
}

/** a and b take turns at winning; a wins oftener. */
const GAMES = Array.from({ length: 40 }, (_, i) => matchOf(i % 2 === 0 ? ["a", "b"] : ["b", "a"], i % 3 === 0 ? [1, 2] : [2, 1], i));

test("figures of the service, of the fit, and of the two against each other", () => {
  const view = viewOf(GAMES);
  const rows = serviceElo(GAMES);
  const difference = uncertaintyOf(fitRatings(countMatches(GAMES))).compare("b", "a");
  expect(view.challenger.service).toEqual({ elo: rows[1]?.rating, games: 40, winRate: ((rows[1]?.wins ?? 0) + (rows[1]?.draws ?? 0) / 2) / 40 });
  expect(view.difference).toEqual(difference);
  expect(view.challenger.fitted).toMatchObject({ anchored: false });
  expect(view.head).toMatchObject({ games: 40, pairs: [0, 0, 0, 0, 0] });
  expect(view.cutoff).toBe(40);
  expect(view.digest).toBe(ratingDigest(view));
  expect(ratingDigest({ ...view, ledger: "another" })).toBe(view.digest);
});

test("who has no match has no figures, and nothing is compared with it", () => {
  const view = viewOf(GAMES, { challenger: "nobody" });
  expect(view.challenger).toEqual({ participant: "nobody", service: null, fitted: null });
  expect(view.difference).toBeNull();
  expect(view.head).toMatchObject({ games: 0, overshoot: { lower: 0, upper: 0 } });
  expect(viewOf([]).cutoff).toBeNull();
});

test("without a baseline there is only the challenger; who only won is comparable with nobody", () => {
  expect(viewOf(GAMES, { baseline: null })).toMatchObject({ baseline: null, head: null, difference: null });
  const view = viewOf([...GAMES, matchOf(["c", "a"], [1, 2], 40)], { challenger: "c" });
  expect(view.challenger).toMatchObject({ service: { games: 1, winRate: 1 }, fitted: null });
  expect(view.difference).toEqual({ kind: "incomparable" });
});

test("an anchor that is linked makes points mean what the anchor's do", () => {
  const view = viewOf(GAMES, {}, new Map([["a", 1000]]));
  expect(view.baseline?.fitted).toEqual({ elo: expect.closeTo(1000, 3) as number, standardError: 0, anchored: true });
  expect(view.challenger.fitted).toMatchObject({ anchored: true });
});

test("the rollback of compat mode asks for the champion's latest ratings, game by game", () => {
  const view = viewOf(GAMES, { policy: ratingPolicy({ mode: "compat", promotion: "rollback" }) });
  const ratings = Array.from({ length: 10 }, (_, i) => serviceElo(GAMES.slice(0, 31 + i))[0]?.rating);
  expect(view.baseline?.service?.latest).toEqual(ratings);
  expect(view.challenger.service).not.toHaveProperty("latest");
});

test("several players: the tournament's Elo, and the two by who was placed above", () => {
  const games = Array.from({ length: 30 }, (_, i) => matchOf(["a", "b", "c", "d"], [[1, 2, 3, 4], [4, 1, 2, 3], [2, 3, 4, 1], [3, 4, 1, 2]][i % 4] as number[], i));
  const view = viewOf(games);
  expect(view.challenger.service?.elo).toBe(tournamentElo(games)[1]?.rating);
  expect(view.head?.singles).toEqual({ wins: 8, draws: 0, losses: 22 });
});
