import { featureRow } from "../features/feature-row.ts";
import type { PlayedGame } from "../games/play-game.ts";
import { scoreAfter } from "../rules/game.ts";
import { MOVES } from "../rules/moves.ts";
import { OPENING_ROUNDS } from "../rules/openings.ts";
import { datasetOf, type Dataset } from "./dataset.ts";

/** A row for every round that a model plays, with what the user then did, and which game each is of. */
export function rowsOfGames(games: readonly Pick<PlayedGame, "rounds">[]): { readonly data: Dataset; readonly games: Uint32Array } {
  const rows: Float64Array[] = [];
  const labels: number[] = [];
  const owners: number[] = [];
  for (const [game, { rounds }] of games.entries()) {
    for (const { number, points, user } of rounds.slice(OPENING_ROUNDS)) {
      const history = rounds.slice(0, number - 1);
      rows.push(featureRow({ history, points, score: scoreAfter(history), round: number }));
      labels.push(MOVES.indexOf(user));
      owners.push(game);
    }
  }
  return { data: datasetOf(rows, labels), games: Uint32Array.from(owners) };
}
