import { createHash } from "node:crypto";

import { beatenBy, MOVES, type Move } from "./moves.ts";

/** What each move is worth in a round, in canonical order, in tenths of a point: sums of whole numbers are exact. */
export type RoundPoints = readonly [rock: number, paper: number, scissors: number];

export const POINT = 10;

/**
 * The points of a round of a game, from 1: a function of their names alone, so that everybody can check them. The lowest
 * move is worth 1.0, what it defeats 0.5 more than the third.
 */
export function roundPoints(game: string, round: number): RoundPoints {
  const low = MOVES[draw(`${game}:${round}:low`) % 3]!;
  const base = 11 + (draw(`${game}:${round}:base`) % 5);
  const worth = (move: Move): number => (move === low ? 10 : move === beatenBy(low) ? base + 5 : base);
  return [worth("rock"), worth("paper"), worth("scissors")];
}

/** The first two bytes of the SHA-256, the greater first. */
function draw(text: string): number {
  return createHash("sha256").update(text, "utf8").digest().readUInt16BE(0);
}

export function pointsOf(points: RoundPoints, move: Move): number {
  return points[MOVES.indexOf(move)]!;
}

/** Moves from the most to the least valuable; equal ones in canonical order. */
export function byValue(points: RoundPoints): readonly [best: Move, middle: Move, lowest: Move] {
  const [best, middle, lowest] = MOVES.toSorted((a, b) => pointsOf(points, b) - pointsOf(points, a));
  return [best!, middle!, lowest!];
}
