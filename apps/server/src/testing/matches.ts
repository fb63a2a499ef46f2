/** A match as it is sent. */
export interface SentMatch {
  readonly id: string;
  readonly players: readonly string[];
  readonly places: readonly number[];
  readonly board: string;
  readonly at: number;
  readonly origin?: string;
  readonly length?: number;
}

/** Two-player matches of a few players, the later named the stronger; every figure follows from its number. */
export function playedMatches({ board, players, count, from, origin }: { readonly board: string; readonly players: readonly string[]; readonly count: number; readonly from: number; readonly origin?: string }): readonly SentMatch[] {
  return Array.from({ length: count }, (_, i) => {
    const first = i % players.length;
    const second = (first + 1 + (Math.floor(i / players.length) % (players.length - 1))) % players.length;
    const draw = (i * 37) % 100;
    const chance = 50 + 12 * (first - second);
    const places = draw >= 92 ? [1, 1] : (i * 61) % 100 < chance ? [1, 2] : [2, 1];
    return { id: `${board}-${i}`, players: [players[first]!, players[second]!], places, board, at: from + i * 60_000, length: 20 + (i % 40), ...(origin === undefined ? {} : { origin }) };
  });
}
