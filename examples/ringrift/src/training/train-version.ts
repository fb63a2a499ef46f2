import { randomStream } from "@gauntlet/core";

import { countFeatures, FEATURE_COUNT } from "../player/features.ts";
import { playGame } from "../player/play-game.ts";
import type { PlayerVersion } from "../player/version.ts";
import type { Board } from "../rules/board.ts";
import { drawOpening } from "../rules/opening.ts";
import type { Position } from "../rules/position.ts";
import { scoresOf } from "../rules/score.ts";
import { leastSquares } from "./least-squares.ts";

/** Games that a version plays against itself. */
export interface SelfPlay {
  readonly board: Board;
  readonly player: PlayerVersion;
  readonly games: number;
  readonly seed: number;
}

/** A position: the first seat's features less the second's, and by how many points it won in the end. */
interface Example {
  readonly features: readonly number[];
  readonly lead: number;
}

/**
 * One training run: the weights that predict from the positions of these games by how many points they were won (least
 * squares). Sums of whole numbers and one elimination: the same weights on every machine.
 */
export function trainVersion(selfPlay: SelfPlay, nodes: number): PlayerVersion {
  const found = leastSquares(examplesOf(selfPlay).map(({ features, lead }) => ({ row: features, value: lead })), FEATURE_COUNT);
  return { weights: found.map((weight) => Math.round(weight * WEIGHT_OF_POINT)), nodes };
}

/** The weight of what is worth a point. */
const WEIGHT_OF_POINT = 1000;

/** The mean square of what a version's weights say of the positions of these games, less how they ended, in shares of the board. */
export function valueMseOf({ weights }: PlayerVersion, selfPlay: SelfPlay): number {
  const examples = examplesOf(selfPlay);
  let sum = 0;
  for (const { features, lead } of examples) sum += ((features.reduce((value, feature, i) => value + feature * (weights[i] as number), 0) / WEIGHT_OF_POINT - lead) / selfPlay.board.cells) ** 2;
  return sum / examples.length;
}

function examplesOf({ board, player, games, seed }: SelfPlay): readonly Example[] {
  const random = randomStream(seed, 1);
  return Array.from({ length: games }, (): readonly Example[] => {
    const seen: (readonly number[])[] = [];
    const end = playGame({ board, seated: [player, player], opening: drawOpening(board, 2, random) }, (position) => seen.push(differences(position)));
    const [first, second] = scoresOf(end) as [number, number];
    return seen.map((features) => ({ features, lead: first - second }));
  }).flat();
}

function differences(position: Position): readonly number[] {
  const counts = new Int32Array(position.seats * FEATURE_COUNT);
  countFeatures(position, counts);
  return Array.from({ length: FEATURE_COUNT }, (_, feature) => (counts[feature] as number) - (counts[FEATURE_COUNT + feature] as number));
}
