import { randomStream } from "@gauntlet/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import { RING19, RING37 } from "../rules/board.ts";
import { drawOpening } from "../rules/opening.ts";
import { EMPTY, movesOf, place, startPosition, takeBack, type Position } from "../rules/position.ts";
import { scoresOf } from "../rules/score.ts";
import { chooseMove } from "./choose-move.ts";
import { countFeatures, FEATURE_COUNT, FEATURES } from "./features.ts";
import { playGame } from "./play-game.ts";
import { readVersion, writeVersion, type PlayerVersion } from "./version.ts";

const STONES: PlayerVersion = { weights: [1000, 0, 0, 0, 0, 0], nodes: 60 };

function randomPosition(seats: number, seed: number, left: number): Position {
  const random = randomStream(seed, 0);
  const position = startPosition(RING19, seats);
  while (position.left > left) {
    const moves = movesOf(position);
    place(position, moves[Math.floor(random() * moves.length)] as number);
  }
  return position;
}

/** Every line to the end, the others against this seat: what no search may beat. */
function best(position: Position, me: number): number {
  if (position.left === 0) {
    const scores = scoresOf(position);
    return scores.length * (scores[me] as number) - scores.reduce((sum, score) => sum + score, 0);
  }
  const values = movesOf(position).map((move) => valueOf(position, move, me));
  return position.toMove === me ? Math.max(...values) : Math.min(...values);
}

function valueOf(position: Position, move: number, me: number): number {
  place(position, move);
  const value = best(position, me);
  takeBack(position);
  return value;
}

test("with enough positions to look at, the move is one that every line played out calls best", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), fc.nat(10_000), fc.integer({ min: 1, max: 5 }), (seats, seed, left) => {
      const position = randomPosition(seats, seed, left);
      const me = position.toMove;
      const before = [...position.owner];
      const move = chooseMove(position, { ...STONES, nodes: 100_000 });
      expect([...position.owner]).toEqual(before);
      expect(valueOf(position, move, me)).toBe(best(position, me));
    }),
    { numRuns: 60 },
  );
});

test("with a single position to look at it still moves, and the same way each time", () => {
  const position = randomPosition(3, 7, 12);
  const move = chooseMove(position, { ...STONES, nodes: 1 });
  expect(position.owner[move]).toBe(EMPTY);
  expect(chooseMove(position, { ...STONES, nodes: 1 })).toBe(move);
});

test("features are what they are called, counted stone by stone", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), fc.nat(10_000), fc.integer({ min: 0, max: 19 }), (seats, seed, left) => {
      const position = randomPosition(seats, seed, left);
      const counts = new Int32Array(seats * FEATURE_COUNT);
      countFeatures(position, counts);
      for (let seat = 0; seat < seats; seat++) {
        const stones = [...position.owner].flatMap((owner, cell) => (owner === seat ? [cell] : []));
        const rivals = Array.from({ length: seats }, (_, other) => other).filter((other) => other !== seat);
        const around = (cell: number) => position.board.neighbours[cell] as readonly number[];
        const most = (cell: number) => Math.max(...rivals.map((rival) => around(cell).filter((other) => position.owner[other] === rival).length));
        const free = (cell: number) => around(cell).filter((other) => position.owner[other] === EMPTY).length;
        const needed = (cell: number) => position.board.needed[cell] as number;
        expect(Object.fromEntries(FEATURES.map((feature, i) => [feature, counts[seat * FEATURE_COUNT + i]]))).toMatchObject({
          stones: stones.length,
          safe: stones.filter((cell) => most(cell) + free(cell) < needed(cell)).length,
          hanging: stones.filter((cell) => free(cell) > 0 && most(cell) + 1 >= needed(cell) && most(cell) + free(cell) >= needed(cell)).length,
          chains: stones.reduce((sum, cell) => sum + around(cell).filter((other) => position.owner[other] === seat).length, 0),
        });
      }
      expect(FEATURES.length).toBe(FEATURE_COUNT);
    }),
  );
});

test("more positions to look at win: 300 against 10, seats swapped", () => {
  const random = randomStream(5, 5);
  const [strong, weak] = [300, 10].map((nodes) => ({ ...STONES, nodes })) as [PlayerVersion, PlayerVersion];
  let points = 0;
  for (let game = 0; game < 20; game++) {
    const opening = drawOpening(RING37, 2, random);
    for (const strongSeat of [0, 1]) {
      const seated = strongSeat === 0 ? [strong, weak] : [weak, strong];
      const scores = scoresOf(playGame({ board: RING37, seated, opening }));
      points += (Math.sign((scores[strongSeat] as number) - (scores[1 - strongSeat] as number)) + 1) / 2;
    }
  }
  expect(points).toBeGreaterThan(28);
});

test("a version is read as it was written, and nothing else is taken for one", () => {
  const version = { weights: [5, -4, 3, 0, 1, 2], nodes: 60 };
  expect(readVersion(writeVersion(version))).toEqual(version);
  expect(() => readVersion(writeVersion(version).replace("ringhold", "chess"))).toThrow(/of chess/);
  expect(() => readVersion(writeVersion(version).replace('"safe"', '"save"'))).toThrow(/no feature save/);
  expect(() => readVersion(writeVersion(version).replace("-4", "-4.5"))).toThrow(/weights\.safe: -4\.5/);
  expect(() => readVersion(writeVersion({ ...version, nodes: 0 }))).toThrow(/nodes/);
});
