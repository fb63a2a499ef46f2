import { exp } from "../arithmetic/exp.ts";

/** Two-player matches as columns: positions of the participants, and twice the first one's score (0, 1 or 2). */
export interface PairColumns {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly score: Uint8Array;
}

const NATURAL: number = Math.LN10 / 400;

/**
 * The service's Elo with one K over columns, in their order, changing `ratings` in place. The same figures as
 * `serviceElo`, bit for bit, without its rows; some tens of millions of matches a second.
 */
export function replayElo({ first, second, score }: PairColumns, k: number, ratings: Float64Array): void {
  for (let i = 0; i < first.length; i++) {
    const a = first[i]!;
    const b = second[i]!;
    const own = ratings[a]!;
    const other = ratings[b]!;
    const change = k * (score[i]! / 2 - 1 / (1 + exp((other - own) * NATURAL)));
    ratings[a] = own + change;
    ratings[b] = other - change;
  }
}
