import { expect, test } from "vitest";

import { playRound, winnerOf, type Round } from "./game.ts";
import { beatenBy, beaterOf, MOVES, resultOf, type Move } from "./moves.ts";
import { OPENINGS, openingAt, openingMoves } from "./openings.ts";
import { byValue, roundPoints } from "./round-points.ts";

test.each([
  ["test_game", 1, [10, 14, 19]],
  ["test_game", 2, [13, 18, 10]],
  ["test_game", 10, [17, 10, 12]],
  ["game-1", 1, [12, 17, 10]],
  ["game-1", 2, [13, 18, 10]],
  ["game-1", 3, [13, 18, 10]],
  ["game-1", 4, [10, 13, 18]],
  ["game-1", 5, [20, 10, 15]],
  ["3f2504e0-4f89-41d3-9a0c-0305e82c3301", 3, [20, 10, 15]],
  ["stateless", 10, [10, 15, 20]],
])("V1–V3: the points of %s in round %i", (game, round, points) => {
  expect(roundPoints(game, round)).toEqual(points);
});

test("V4: openings are drawn by their weights, and their ranks become moves round by round", () => {
  const named = (name: string) => OPENINGS.find((opening) => opening.name === name)!;
  expect(openingMoves(named("crescendo"), "game-1")).toEqual(["scissors", "rock", "paper"]);
  expect(openingMoves(named("avalanche"), "game-1")).toEqual(["paper", "paper", "paper"]);
  expect(openingMoves(named("razor"), "game-1")).toEqual(["rock", "scissors", "paper"]);
  expect([0, 13, 14, 37, 38, 99].map((x) => openingAt(x).name)).toEqual(["crescendo", "crescendo", "denouement", "paper-dolls", "fistful-of-dollars", "switchblade"]);
  expect(OPENINGS.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
  expect(() => openingAt(100)).toThrow(RangeError);
});

test("in every round the three values differ, the lowest is 1.0, and what it defeats is the best", () => {
  for (let round = 1; round <= 500; round++) {
    const points = roundPoints("many", round);
    const [best, , lowest] = byValue(points);
    expect(new Set(points).size).toBe(3);
    expect(Math.min(...points)).toBe(10);
    expect(best).toBe(beatenBy(lowest));
    expect(Math.max(...points) - Math.min(...points)).toBeGreaterThanOrEqual(6);
  }
});

test("each move defeats one and is defeated by one", () => {
  for (const move of MOVES) {
    expect(resultOf(beaterOf(move), move)).toBe("win");
    expect(resultOf(beatenBy(move), move)).toBe("lose");
    expect(resultOf(move, move)).toBe("draw");
  }
});

test("the game of vector V5: a win brings the points of the own move, a draw half a point each", () => {
  const moves: readonly (readonly [Move, Move])[] = [["rock", "scissors"], ["paper", "paper"], ["paper", "rock"], ["scissors", "rock"]];
  const rounds: Round[] = [];
  for (const [i, [user, bot]] of moves.entries()) {
    const last = rounds.at(-1);
    rounds.push(playRound({ user: last?.userScore ?? 0, bot: last?.botScore ?? 0 }, { number: i + 1, points: roundPoints("game-1", i + 1), user, bot }));
  }
  expect(rounds.map(({ result, userScore, botScore }) => [result, userScore, botScore])).toEqual([["win", 12, 0], ["draw", 17, 5], ["win", 35, 5], ["lose", 35, 15]]);
});

test("a game ends at ten points, and the higher score wins where both reach them", () => {
  expect(winnerOf({ user: 99, bot: 99 })).toBeNull();
  expect(winnerOf({ user: 100, bot: 0 })).toBe("user");
  expect(winnerOf({ user: 96, bot: 104 })).toBe("bot");
  expect(winnerOf({ user: 103, bot: 101 })).toBe("user");
  expect(winnerOf({ user: 102, bot: 102 })).toBe("tie");
});
