import { densePlaces } from "@gauntlet/core";

import { EMPTY, type Position } from "./position.ts";

/** A closed ring is worth this many stones. */
export const RING_POINTS = 3;

/** Points of each seat: a stone is one, and so is every ring of six a `RING_POINTS` more, whoever is in its middle. */
export function scoresOf({ board, seats, owner, around }: Position): readonly number[] {
  const scores = Array.from({ length: seats }, () => 0);
  for (let cell = 0; cell < board.cells; cell++) {
    const seat = owner[cell] as number;
    if (seat !== EMPTY) (scores[seat] as number)++;
    for (let ringer = 0; ringer < seats; ringer++) if (around[cell * seats + ringer] === 6) (scores[ringer] as number) += RING_POINTS;
  }
  return scores;
}

/** 1 for the most points; who has as many shares the place. */
export function placesOf(position: Position): readonly number[] {
  return densePlaces(scoresOf(position).map((score) => -score));
}
