import type { Random } from "@gauntlet/core";

import type { Board } from "./board.ts";
import { movesOf, place, startPosition, type Position } from "./position.ts";

/** Rounds that are drawn, not played, so that two players that never change their mind meet in many games. */
const OPENING_ROUNDS = 2;

/** The cells of an opening, one for each seat in turn. */
export function drawOpening(board: Board, seats: number, random: Random): readonly number[] {
  const position = startPosition(board, seats);
  const cells: number[] = [];
  while (cells.length < OPENING_ROUNDS * seats) {
    const moves = movesOf(position);
    const cell = moves[Math.floor(random() * moves.length)] as number;
    cells.push(cell);
    place(position, cell);
  }
  return cells;
}

export function afterOpening(board: Board, seats: number, opening: readonly number[]): Position {
  const position = startPosition(board, seats);
  for (const cell of opening) place(position, cell);
  return position;
}
