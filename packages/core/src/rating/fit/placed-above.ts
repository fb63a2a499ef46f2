import type { MatchCounts } from "../counts/match-counts.ts";
import type { Digraph } from "./comparable-groups.ts";
import type { RatingModel } from "./rating-model.ts";

/** An edge from each to each that it was placed above, or tied with; both ways where virtual games are added. */
export function placedAbove({ participants, pairs, groups }: MatchCounts, { priorGames, lastPlaces }: RatingModel): Digraph {
  const { first, second, wins, losses, ties } = pairs;
  const edgesMax = 2 * first.length + groups.reduce((sum, { players }) => sum + players.length * (players.length - 1), 0);
  const from = new Uint32Array(edgesMax);
  const to = new Uint32Array(edgesMax);
  let count = 0;
  for (let i = 0; i < first.length; i++) {
    const both = ties[i]! > 0 || priorGames > 0;
    if (both || wins[i]! > 0) {
      from[count] = first[i]!;
      to[count++] = second[i]!;
    }
    if (both || losses[i]! > 0) {
      from[count] = second[i]!;
      to[count++] = first[i]!;
    }
  }
  for (const { players, places } of groups) {
    // With one place for all, that is the first as well as the last: a tie.
    const unknown = lastPlaces === "unknown" ? Math.max(2, ...places) : Infinity;
    for (const [i, a] of players.entries()) {
      for (const [j, b] of players.entries()) {
        if (i === j || (priorGames === 0 && (places[i]! > places[j]! || (places[i] === places[j] && places[i] === unknown)))) continue;
        from[count] = a;
        to[count++] = b;
      }
    }
  }
  return { n: participants.length, from: from.subarray(0, count), to: to.subarray(0, count) };
}
