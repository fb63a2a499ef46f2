// Simulates one piece after another; each piece has a random stream of its own, so that the number of workers changes nothing.
import { parentPort } from "node:worker_threads";

import { allExperiments } from "./all-experiments.ts";
import { powerStudies } from "./power.ts";
import { randomOf } from "./random.ts";

/** `numbers` are false alarms for each column, or, of a power study, where each run stopped. */
export interface Piece {
  readonly id: string;
  readonly runs: number;
  readonly seed: number;
  readonly stream: number;
}

export interface PieceResult {
  readonly piece: Piece;
  readonly numbers: readonly number[];
}

const simulations = new Map([...allExperiments(), ...powerStudies()].map((experiment) => [experiment.id, experiment]));

parentPort?.on("message", (piece: Piece) => {
  const simulation = simulations.get(piece.id);
  if (simulation === undefined) throw new Error(`there is no experiment ${piece.id}`);
  const numbers = simulation.simulate(randomOf(piece.seed, piece.stream), piece.runs);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage({ piece, numbers } satisfies PieceResult);
});
