import { RING_POINTS } from "../rules/score.ts";
import { EMPTY, type Position } from "../rules/position.ts";

/** What an evaluation looks at, in the order of its weights. */
export const FEATURES = ["stones", "safe", "hanging", "reach", "rings", "chains"] as const;
export const FEATURE_COUNT: number = FEATURES.length;

/**
 * Counts of each seat, at `seat * FEATURE_COUNT + feature`:
 * - stones: on the board;
 * - safe: of them, those that nobody can capture any more, however the empty cells around are filled;
 * - hanging: of them, those that one more stone of somebody captures;
 * - reach: empty cells around which it has most stones, alone;
 * - rings: closed rings, in points;
 * - chains: pairs of stones side by side.
 */
export function countFeatures({ board, seats, owner, around }: Position, into: Int32Array): void {
  into.fill(0);
  for (let cell = 0; cell < board.cells; cell++) {
    const seat = owner[cell] as number;
    const base = cell * seats;
    let [most, leader, stones] = [0, EMPTY, 0];
    for (let other = 0; other < seats; other++) {
      const count = around[base + other] as number;
      stones += count;
      if (count === 6) (into[other * FEATURE_COUNT + 4] as number) += RING_POINTS;
      if (other === seat) continue;
      if (count > most) [most, leader] = [count, other];
      else if (count === most) leader = EMPTY;
    }
    if (seat === EMPTY) {
      if (leader !== EMPTY) (into[leader * FEATURE_COUNT + 3] as number)++;
      continue;
    }
    const at = seat * FEATURE_COUNT;
    const needed = board.needed[cell] as number;
    const free = (board.neighbours[cell] as readonly number[]).length - stones;
    (into[at] as number)++;
    if (most + free < needed) (into[at + 1] as number)++;
    else if (most + 1 >= needed && free > 0) (into[at + 2] as number)++;
    // Each pair is met from both of its stones.
    (into[at + 5] as number) += around[base + seat] as number;
  }
}
