import { expect, test } from "vitest";

import { gameLengths, WINDOW_GAMES, winShares, type EndedGame } from "./win-shares.ts";

const game = (policy: string, winner: EndedGame["winner"]): EndedGame => ({ policy, winner, rounds: 10 });

test("a share is of the last games of its own bot, and there is none before there are enough", () => {
  const lost = Array.from({ length: WINDOW_GAMES }, () => game("brian", "user"));
  const games = [...lost, game("logan", "bot"), game("brian", "bot"), game("brian", "tie")];
  expect(winShares(games.slice(0, WINDOW_GAMES - 1), "brian")).toEqual([]);
  expect(winShares(games, "brian")).toEqual([
    { at: WINDOW_GAMES - 1, share: 0 },
    { at: WINDOW_GAMES + 1, share: 1 / WINDOW_GAMES },
    { at: WINDOW_GAMES + 2, share: 1.5 / WINDOW_GAMES },
  ]);
  expect(winShares(games, "logan")).toEqual([]);
});

test("lengths without a game stand between those that have one", () => {
  expect(gameLengths([{ rounds: 9 }, { rounds: 12 }, { rounds: 9 }])).toEqual([
    { rounds: 9, games: 2 },
    { rounds: 10, games: 0 },
    { rounds: 11, games: 0 },
    { rounds: 12, games: 1 },
  ]);
  expect(gameLengths([])).toEqual([]);
});
