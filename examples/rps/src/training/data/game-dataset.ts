import { featureRow } from "../../features/feature-row.ts";
import type { Dataset } from "../../learners/dataset.ts";
import { FEATURE_COUNT } from "../../features/feature-names.ts";
import { scoreAfter, type Round } from "../../rules/game.ts";
import { MOVES } from "../../rules/moves.ts";
import { OPENING_ROUNDS } from "../../rules/openings.ts";
import type { GameRows } from "../split-games.ts";
import type { Selected } from "./select-rounds.ts";

/** Rows to learn from, and which game each is of. Its arrays are shared memory: every training thread reads the same. */
export interface GameDataset {
  readonly data: Dataset;
  /** In the order of time. */
  readonly games: readonly GameRows[];
}

/**
 * whole: a round's history is all of its game before it, as when the model serves.
 * without_opening: as the reference trains, where the opening is forgotten before histories are built, so that lags and
 * tendencies begin at round 4, scores don't, and a game's first row is lost. A model trained so is asked by other rows than it knows.
 */
export type History = "whole" | "without_opening";

/** A row for each selected round, with what the user did in it. */
export function gameDataset(selected: Pick<Selected, "games">, history: History): GameDataset {
  const first = history === "whole" ? OPENING_ROUNDS + 1 : OPENING_ROUNDS + 2;
  const wanted = selected.games.map(({ game, from }) => ({ game, rounds: game.rounds.slice(Math.max(first, from) - 1) })).filter(({ rounds }) => rounds.length > 0);
  const rows = wanted.reduce((sum, { rounds }) => sum + rounds.length, 0);
  const features = new Float32Array(new SharedArrayBuffer(rows * FEATURE_COUNT * Float32Array.BYTES_PER_ELEMENT));
  const labels = new Uint8Array(new SharedArrayBuffer(rows));
  let row = 0;
  const games = wanted.map(({ game, rounds }): GameRows => {
    const from = row;
    for (const round of rounds) {
      features.set(rowOfRound(game.rounds, round, history), row * FEATURE_COUNT);
      labels[row++] = MOVES.indexOf(round.user);
    }
    return { game: game.id, rows: Array.from(rounds, (_, i) => from + i) };
  });
  return { data: { rows, columns: FEATURE_COUNT, features, labels }, games };
}

/** The columns of one round of a game, from what was there before it. */
export function rowOfRound(rounds: readonly Round[], { number, points }: Pick<Round, "number" | "points">, history: History): Float64Array {
  const before = rounds.slice(0, number - 1);
  return featureRow({ history: history === "whole" ? before : before.slice(OPENING_ROUNDS), points, score: scoreAfter(before), round: number });
}
