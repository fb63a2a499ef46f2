import { parseMatch, randomStream } from "@gauntlet/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import { readUnsigned } from "../player/read-unsigned.ts";
import { readVersion, writeVersion, type PlayerVersion } from "../player/version.ts";
import { RING19, RING37 } from "../rules/board.ts";
import { placesOf } from "../rules/score.ts";
import { playGame } from "../player/play-game.ts";
import { mixed, planRound } from "./planned-game.ts";
import { playMatch } from "./play-match.ts";

const loaded = new Map<string, PlayerVersion>(["a", "b", "c", "d"].map((name, i) => [name, { weights: [1000, 0, -500 * i, 0, 0, 100 * i], nodes: 10 + i }]));

test("everybody has every seat once in each opening; the same round is planned again from its seed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.nat(1000), (seats, openings, seed) => {
      const players = ["a", "b", "c", "d"].slice(0, seats);
      const games = planRound({ id: "r", board: RING19, players, openings, seed });
      expect(games).toHaveLength(openings * seats);
      expect(new Set(games.map((game) => game.id)).size).toBe(games.length);
      for (const tournament of new Set(games.map((game) => game.tournament))) {
        const of = games.filter((game) => game.tournament === tournament);
        expect(new Set(of.map((game) => game.opening.join())).size).toBe(1);
        for (let seat = 0; seat < seats; seat++) expect(of.map((game) => game.players[seat]).toSorted()).toEqual(players);
      }
      expect(planRound({ id: "r", board: RING19, players, openings, seed })).toEqual(games);
    }),
  );
});

test("mixed games are the same games, in another order, with those of an opening together", () => {
  const games = planRound({ id: "r", board: RING19, players: ["a", "b"], openings: 20, seed: 1 });
  const order = mixed(games, randomStream(1, 1));
  expect(order).not.toEqual(games);
  expect(order.toSorted((a, b) => games.indexOf(a) - games.indexOf(b))).toEqual(games);
  for (let i = 0; i < order.length; i += 2) expect(order[i]?.tournament).toBe(order[i + 1]?.tournament);
});

test("a match is a record as the ledger takes it, the same each time it is played", () => {
  for (const game of planRound({ id: "r", board: RING19, players: ["a", "b", "c", "d"], openings: 3, seed: 4 })) {
    const match = playMatch(game, loaded, { board: RING19, at: 1_800_000_000_000, origin: "east" });
    expect(parseMatch(match, { now: 1_800_000_000_000 })).toEqual(match);
    expect(playMatch(game, loaded, { board: RING19, at: 1_800_000_000_000, origin: "east" })).toEqual(match);
    expect(match.places).toEqual(placesOf(playGame({ board: RING19, seated: game.players.map((player) => loaded.get(player) as PlayerVersion), opening: game.opening })));
  }
  expect(() => playMatch({ id: "x", tournament: "x", players: ["a", "z"], opening: [0, 1, 2, 3] }, loaded, { board: RING37, at: 0, origin: "east" })).toThrow(/z is not loaded on east/);
});

test("the faulty release reads every weight without its sign", () => {
  const version = { weights: [1, 2, -3, 4, -5, 6], nodes: 60 };
  expect(readVersion(writeVersion(version))).toEqual(version);
  expect(readUnsigned(writeVersion(version))).toEqual({ weights: [1, 2, 3, 4, 5, 6], nodes: 60 });
});
