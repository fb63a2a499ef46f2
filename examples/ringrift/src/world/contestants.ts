import type { PlayerVersion } from "../player/version.ts";
import { ANCHOR } from "../nodes/ratings-config.ts";
import { RING37 } from "../rules/board.ts";
import { trainVersion, valueMseOf, type SelfPlay } from "../training/train-version.ts";

/** Who plays, under the name that matches know it by. */
export interface Contestant {
  readonly participant: string;
  readonly version: PlayerVersion;
}

/** One that is a version of the model. */
export interface TrainedContestant extends Contestant {
  /** Of its predictions for games that nobody learnt from. */
  readonly valueMse: number;
}

/** It only counts stones: where all versions come from. */
export const STONES: PlayerVersion = { weights: [1000, 0, 0, 0, 0, 0], nodes: 60 };

/** They are no versions of the model: they are there to be measured against, and for games of three and four. */
export const BOTS: readonly Contestant[] = [
  { participant: "stones-20", version: { ...STONES, nodes: 20 } },
  { participant: "stones-200", version: { ...STONES, nodes: 200 } },
];

/** The version that serves when the world begins. */
export function firstVersion(): TrainedContestant {
  return measured(ANCHOR, STONES);
}

export interface TrainingRun {
  readonly participant: string;
  readonly teacher: PlayerVersion;
  readonly games: number;
  readonly seed: number;
  /** Positions that the version may look at before a move. */
  readonly nodes: number;
}

/** Trains a version and measures what it predicts. */
export function train({ participant, teacher, games, seed, nodes }: TrainingRun): TrainedContestant {
  return measured(participant, trainVersion({ board: RING37, player: teacher, games, seed }, nodes));
}

function measured(participant: string, version: PlayerVersion): TrainedContestant {
  return { participant, version, valueMse: valueMseOf(version, MEASURED_BY) };
}

const MEASURED_BY: SelfPlay = { board: RING37, player: { ...STONES, nodes: 100 }, games: 30, seed: 9 };
