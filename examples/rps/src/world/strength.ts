import type { Random } from "@gauntlet/core";

import { nextOpponent } from "../arena/opponent.ts";
import type { Person } from "../arena/people.ts";
import { featureRow } from "../features/feature-row.ts";
import { playGame } from "../games/play-game.ts";
import { asProbabilities, bestMove } from "../policies/expected-value.ts";
import type { ServedModel } from "../serving/slots.ts";

/**
 * The share of games that a model wins of the people as they are, a tie half: what no policy knows. Games of its own, which
 * count nowhere.
 */
export function strengthOf(model: ServedModel, { people, games, random, name }: { readonly people: readonly Person[]; readonly games: number; readonly random: Random; readonly name: string }): number {
  let points = 0;
  for (let i = 0; i < games; i++) {
    const { winner } = playGame(`${name}-${i}`, {
      user: nextOpponent(people, random).player,
      bot: (view) => bestMove(asProbabilities(Array.from(model.predict(Float32Array.from(featureRow(view))))), view),
      random,
    });
    points += winner === "bot" ? 1 : winner === "tie" ? 0.5 : 0;
  }
  return points / games;
}
