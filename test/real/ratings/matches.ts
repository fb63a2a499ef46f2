import type { Match } from "@gauntlet/core";

/** A match of players in the order of their seats, as the fit wants it; what it does not look at is made up. */
export function matchOf(players: readonly string[], places: readonly number[], numPlayers: number = players.length): Match {
  return { id: "", players, places, board: "any", numPlayers, length: null, durationMs: null, at: 0, origin: "test", tournament: null };
}

/** a against b: so many wins, ties, losses. */
export function gamesOf(a: string, b: string, results: readonly [wins: number, ties: number, losses: number]): readonly Match[] {
  const places = [[1, 2], [1, 1], [2, 1]];
  return results.flatMap((count, i) => Array.from({ length: count }, () => matchOf([a, b], places[i] as number[])));
}
