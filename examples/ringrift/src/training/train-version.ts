import { randomStream } from "@gauntlet/core";

import { countFeatures, FEATURE_COUNT } from "../player/features.ts";
import { playGame } from "../player/play-game.ts";
import type { PlayerVersion } from "../player/version.ts";
import type { Board } from "../rules/board.ts";
import { drawOpening } from "../rules/opening.ts";
import type { Position } from "../rules/position.ts";
import { scoresOf } from "../rules/score.ts";
import { leastSquares } from "./least-squares.ts";

export interface Training {
  readonly board: Board;
  /** Plays against itself; what it learns from. */
  readonly teacher: PlayerVersion;
  readonly games: number;
  readonly seed: number;
}

export interface TrainedVersion {
  readonly version: PlayerVersion;
  /** Of what it says of positions in games that it did not learn from, in squared points. */
  readonly valueMse: number;
  readonly positions: number;
}

/** The first seat's features less the second's, and by how many points it won in the end. */
interface Example {
  readonly features: readonly number[];
  readonly lead: number;
}

/**
 * One training run: the teacher plays games of two seats against itself, and the weights are those that predict from a
 * position by how many points the game was won (least squares). Every fifth game is kept out, to measure the predictions.
 * Sums of whole numbers and one elimination: the same weights on every machine.
 */
export function trainVersion({ board, teacher, games, seed }: Training): TrainedVersion {
  const random = randomStream(seed, 1);
  const learnt: Example[] = [];
  const kept: Example[] = [];
  for (let game = 0; game < games; game++) {
    const seen: (readonly number[])[] = [];
    const end = playGame({ board, seated: [teacher, teacher], opening: drawOpening(board, 2, random) }, (position) => seen.push(differences(position)));
    const [first, second] = scoresOf(end) as [number, number];
    (game % 5 === 4 ? kept : learnt).push(...seen.map((features) => ({ features, lead: first - second })));
  }
  const found = leastSquares(learnt.map(({ features, lead }) => ({ row: features, value: lead })), FEATURE_COUNT);
  return { version: { weights: found.map((weight) => Math.round(weight * WEIGHT_OF_POINT)), nodes: teacher.nodes }, valueMse: meanSquare(kept, found), positions: learnt.length };
}

/** The weight of what is worth a point. */
const WEIGHT_OF_POINT = 1000;

/** Of what these weights say of positions of games that the version plays against itself. */
export function valueMseOf(version: PlayerVersion, { board, games, seed }: Omit<Training, "teacher">): number {
  const random = randomStream(seed, 2);
  const seen: Example[] = [];
  for (let game = 0; game < games; game++) {
    const rows: (readonly number[])[] = [];
    const end = playGame({ board, seated: [version, version], opening: drawOpening(board, 2, random) }, (position) => rows.push(differences(position)));
    const [first, second] = scoresOf(end) as [number, number];
    seen.push(...rows.map((features) => ({ features, lead: first - second })));
  }
  return meanSquare(seen, version.weights.map((weight) => weight / WEIGHT_OF_POINT));
}

function differences(position: Position): readonly number[] {
  const counts = new Int32Array(position.seats * FEATURE_COUNT);
  countFeatures(position, counts);
  return Array.from({ length: FEATURE_COUNT }, (_, feature) => (counts[feature] as number) - (counts[FEATURE_COUNT + feature] as number));
}

function meanSquare(examples: readonly Example[], weights: readonly number[]): number {
  let sum = 0;
  for (const { features, lead } of examples) sum += (features.reduce((value, feature, i) => value + feature * (weights[i] as number), 0) - lead) ** 2;
  return sum / examples.length;
}
