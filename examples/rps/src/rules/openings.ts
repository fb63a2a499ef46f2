import type { Move } from "./moves.ts";
import { byValue, roundPoints } from "./round-points.ts";

/** The place of a move by its value in the round, not a move. */
type Rank = "best" | "middle" | "lowest";

export interface Opening {
  readonly name: string;
  /** Of a hundred. */
  readonly weight: number;
  readonly ranks: readonly [Rank, Rank, Rank];
}

/** With what the bot begins; from round 4 a model plays. Weights sum to 100. */
export const OPENINGS: readonly Opening[] = [
  { name: "crescendo", weight: 14, ranks: ["lowest", "middle", "best"] },
  { name: "denouement", weight: 12, ranks: ["best", "middle", "lowest"] },
  { name: "paper-dolls", weight: 12, ranks: ["lowest", "middle", "middle"] },
  { name: "fistful-of-dollars", weight: 10, ranks: ["best", "lowest", "lowest"] },
  { name: "scissor-sandwich", weight: 8, ranks: ["lowest", "middle", "lowest"] },
  { name: "bureaucrat", weight: 6, ranks: ["lowest", "lowest", "lowest"] },
  { name: "avalanche", weight: 8, ranks: ["best", "best", "best"] },
  { name: "toolbox", weight: 6, ranks: ["middle", "middle", "middle"] },
  { name: "razor", weight: 12, ranks: ["middle", "lowest", "best"] },
  { name: "switchblade", weight: 12, ranks: ["middle", "best", "lowest"] },
];

export const OPENING_ROUNDS = 3;

/** @param x a whole number from 0 to 99, drawn evenly. */
export function openingAt(x: number): Opening {
  let upTo = 0;
  for (const opening of OPENINGS) {
    upTo += opening.weight;
    if (x < upTo) return opening;
  }
  throw new RangeError(`an opening is drawn by 0 to 99, not ${x}`);
}

/** The opening's moves in a game, whose points are known when it begins. */
export function openingMoves({ ranks }: Opening, game: string): readonly Move[] {
  return ranks.map((rank, i) => {
    const [best, middle, lowest] = byValue(roundPoints(game, i + 1));
    return { best, middle, lowest }[rank];
  });
}
