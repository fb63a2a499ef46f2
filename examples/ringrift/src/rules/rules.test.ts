import fc from "fast-check";
import { expect, test } from "vitest";

import { hexagon, RING19, RING37 } from "./board.ts";
import { afterOpening } from "./opening.ts";
import { capturesOf, EMPTY, movesOf, place, startPosition, takeBack, type Position } from "./position.ts";
import { placesOf, scoresOf } from "./score.ts";

const games = fc.record({ board: fc.constantFrom(RING19, RING37), seats: fc.integer({ min: 2, max: 4 }), choices: fc.array(fc.nat(), { minLength: 37, maxLength: 37 }) });

/** The moves that these numbers choose, until `upTo` of them or the end. */
function playOut({ board, seats, choices }: { readonly board: typeof RING19; readonly seats: number; readonly choices: readonly number[] }, upTo = Infinity): Position {
  const position = startPosition(board, seats);
  for (const choice of choices.slice(0, Math.min(upTo, board.cells))) {
    const moves = movesOf(position);
    place(position, moves[choice % moves.length] as number);
  }
  return position;
}

function shot({ owner, around, toMove, left, past }: Position) {
  return { owner: [...owner], around: [...around], toMove, left, past: [...past] };
}

test("a hexagon of radius 3 has 37 cells: 6 corners, 12 along the edges, 19 within; neighbours are mutual", () => {
  const ofDegree = (degree: number) => RING37.neighbours.filter((around) => around.length === degree).length;
  expect([RING37.name, RING37.cells, ofDegree(3), ofDegree(4), ofDegree(6)]).toEqual(["ring37", 37, 6, 12, 19]);
  expect(hexagon(1).neighbours[3]).toHaveLength(6);
  RING37.neighbours.forEach((around, cell) => around.forEach((other) => expect(RING37.neighbours[other]).toContain(cell)));
  expect(RING37.needed.filter((needed) => needed === 4)).toHaveLength(19);
});

test("a stone in the middle is captured by the fourth of six around it, one at the corner by the second of three", () => {
  const board = hexagon(1);
  // 0 and 1 above, 2 left of the middle 3, 4 right of it, 5 and 6 below. Corners have three neighbours.
  const position = startPosition(board, 3);
  for (const cell of [3, 0, 2]) place(position, cell);
  // Seat 0 has the middle, seat 1 the corner 0, seat 2 the corner 2. Seat 0 moves beside the corner 0: two of its three are then of seat 0.
  expect(capturesOf(position, 1)).toBe(1);
  place(position, 1);
  expect([...position.owner]).toEqual([0, 0, 2, 0, EMPTY, EMPTY, EMPTY]);
  takeBack(position);
  expect([...position.owner]).toEqual([1, EMPTY, 2, 0, EMPTY, EMPTY, EMPTY]);
});

test("captures of one move happen at once, and what is captured captures nothing", () => {
  fc.assert(
    fc.property(games, fc.integer({ min: 0, max: 36 }), (game, upTo) => {
      const position = playOut(game, upTo);
      for (const cell of movesOf(position)) {
        const expected = capturesOf(position, cell);
        const before = [...position.owner];
        const mover = position.toMove;
        place(position, cell);
        const turned = before.flatMap((owner, other) => (owner !== position.owner[other] && other !== cell ? [other] : []));
        expect(turned).toHaveLength(expected);
        for (const other of turned) {
          expect(position.board.neighbours[cell]).toContain(other);
          expect(position.owner[other]).toBe(mover);
          // Counted from before the captures, with the stone that was placed.
          const ringers = (position.board.neighbours[other] as readonly number[]).filter((near) => near === cell || before[near] === mover);
          expect(ringers.length).toBeGreaterThanOrEqual(position.board.needed[other] as number);
        }
        takeBack(position);
      }
    }),
  );
});

test("every game ends when the board is full, what is counted around agrees with the board, and moves can be taken back to the start", () => {
  fc.assert(
    fc.property(games, (game) => {
      const position = playOut(game);
      expect(position.left).toBe(0);
      expect(movesOf(position)).toEqual([]);
      const { board, seats, owner, around } = position;
      for (let cell = 0; cell < board.cells; cell++) {
        for (let seat = 0; seat < seats; seat++) expect(around[cell * seats + seat]).toBe((board.neighbours[cell] as readonly number[]).filter((other) => owner[other] === seat).length);
      }
      for (let i = 0; i < board.cells; i++) takeBack(position);
      expect(shot(position)).toEqual(shot(startPosition(game.board, game.seats)));
      expect(() => takeBack(position)).toThrow(/no move/);
    }),
  );
});

test("a board that is turned by half plays the same game", () => {
  fc.assert(
    fc.property(games, (game) => {
      const position = startPosition(game.board, game.seats);
      const turned = startPosition(game.board, game.seats);
      for (const choice of game.choices.slice(0, game.board.cells)) {
        const moves = movesOf(position);
        const cell = moves[choice % moves.length] as number;
        place(position, cell);
        place(turned, game.board.cells - 1 - cell);
      }
      expect([...turned.owner]).toEqual([...position.owner].toReversed());
      expect(scoresOf(turned)).toEqual(scoresOf(position));
    }),
  );
});

test("points are stones and closed rings; equal points share a place", () => {
  fc.assert(
    fc.property(games, (game) => {
      const position = playOut(game);
      const scores = scoresOf(position);
      const rings = scores.reduce((sum, score) => sum + score, 0) - game.board.cells;
      expect(rings % 3).toBe(0);
      const places = placesOf(position);
      scores.forEach((score, seat) => scores.forEach((other, rival) => expect(Math.sign((places[seat] as number) - (places[rival] as number))).toBe(Math.sign(other - score))));
      expect(Math.min(...places)).toBe(1);
    }),
  );
  const ringed = startPosition(hexagon(1), 2);
  // Seat 0 takes the six around the middle as seat 1 passes from one captured stone to the next.
  for (const cell of [0, 3, 1, 4, 2, 6, 5]) place(ringed, cell);
  expect(scoresOf(ringed).reduce((sum, score) => sum + score, 0)).toBeGreaterThanOrEqual(7);
});

test("what is no move is refused", () => {
  expect(() => startPosition(RING19, 5)).toThrow(/2 to 4/);
  expect(() => afterOpening(RING19, 2, [4, 4])).toThrow(/not empty/);
});
