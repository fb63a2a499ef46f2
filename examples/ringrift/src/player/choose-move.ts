import { capturesOf, movesOf, place, takeBack, type Position } from "../rules/position.ts";
import { scoresOf } from "../rules/score.ts";
import { countFeatures, FEATURE_COUNT } from "./features.ts";
import type { PlayerVersion } from "./version.ts";

/** Points of a game that has ended outweigh any evaluation. */
const POINT = 1_000_000_000;

/**
 * The move of the seat that is to move, by alpha–beta of one move more at a time until the version's positions are used up:
 * what it then knows of the deepest search counts. With more than two seats the others are taken to play against this one
 * (paranoid search; Sturtevant & Korf 2000). The same for the same position and version, on every machine.
 */
export function chooseMove(position: Position, version: PlayerVersion): number {
  const search: Search = { position, version, me: position.toMove, left: version.nodes, counts: new Int32Array(position.seats * FEATURE_COUNT) };
  let moves = ordered(position);
  let best = moves[0] as number;
  for (let depth = 1; depth <= position.left && search.left > 0; depth++) {
    const found = searchRoot(search, moves, depth);
    if (found.length === 0) break;
    // The best of the last search goes first, so that what an unfinished one says of its first moves can be trusted.
    best = (found[0] as Found).move;
    const rest = moves.filter((move) => !found.some((one) => one.move === move));
    moves = [...found.map((one) => one.move), ...rest];
  }
  return best;
}

interface Search {
  readonly position: Position;
  readonly version: PlayerVersion;
  /** The seat that thinks. */
  readonly me: number;
  /** Positions that it may still look at. */
  left: number;
  readonly counts: Int32Array;
}

interface Found {
  readonly move: number;
  readonly value: number;
}

/** The moves that were searched to the end, the best first; fewer than all when the positions are used up. */
function searchRoot(search: Search, moves: readonly number[], depth: number): readonly Found[] {
  const found: Found[] = [];
  let alpha = -Infinity;
  for (const move of moves) {
    place(search.position, move);
    const value = searchFrom(search, depth - 1, { alpha, beta: Infinity });
    takeBack(search.position);
    if (value === null) break;
    found.push({ move, value });
    alpha = Math.max(alpha, value);
  }
  // A sort that keeps the order of equals: of two that are as good, the one that was first stays first.
  return found.toSorted((a, b) => b.value - a.value);
}

/** null when the positions are used up. */
function searchFrom(search: Search, depth: number, window: { alpha: number; beta: number }): number | null {
  const { position, me } = search;
  if (--search.left < 0) return null;
  if (position.left === 0) return lead(scoresOf(position), me) * POINT;
  if (depth === 0) return evaluate(search);
  const mine = position.toMove === me;
  let value = mine ? -Infinity : Infinity;
  let { alpha, beta } = window;
  for (const move of ordered(position)) {
    place(position, move);
    const next = searchFrom(search, depth - 1, { alpha, beta });
    takeBack(position);
    if (next === null) return null;
    value = mine ? Math.max(value, next) : Math.min(value, next);
    if (mine) alpha = Math.max(alpha, value);
    else beta = Math.min(beta, value);
    if (alpha >= beta) break;
  }
  return value;
}

/** Captures first, since they change most; then by cell. Few moves capture, so that only those are sorted: this is done for every position. */
function ordered(position: Position): readonly number[] {
  const quiet: number[] = [];
  const capturing: number[] = [];
  for (const move of movesOf(position)) {
    const captures = capturesOf(position, move);
    if (captures === 0) quiet.push(move);
    else capturing.push(move - captures * CELLS_MAX);
  }
  if (capturing.length === 0) return quiet;
  return [...capturing.toSorted((a, b) => a - b).map((key) => ((key % CELLS_MAX) + CELLS_MAX) % CELLS_MAX), ...quiet];
}

/** More than any board has. */
const CELLS_MAX = 64;

function evaluate({ position, version: { weights }, me, counts }: Search): number {
  countFeatures(position, counts);
  let value = 0;
  for (let feature = 0; feature < FEATURE_COUNT; feature++) {
    let sum = 0;
    for (let seat = 0; seat < position.seats; seat++) sum += counts[seat * FEATURE_COUNT + feature] as number;
    value += (weights[feature] as number) * (position.seats * (counts[me * FEATURE_COUNT + feature] as number) - sum);
  }
  return value;
}

/** By how much a seat is ahead of the mean of all, times the number of seats: a whole number. */
function lead(scores: readonly number[], seat: number): number {
  return scores.length * (scores[seat] as number) - scores.reduce((sum, score) => sum + score, 0);
}
