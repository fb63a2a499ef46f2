import { compareMatches, configKey, serviceElo, tournamentElo, type EloRow, type Match } from "@gauntlet/core";

export interface ConfigElo {
  readonly board: string;
  readonly numPlayers: number;
  readonly rows: readonly EloRow[];
}

/**
 * Incremental Elo of each configuration, replayed in the one order that every node has: the rating service's, or where
 * more than two were rated in a match, the tournament calculator's.
 */
export function eloOfMatches(matches: readonly Match[]): readonly ConfigElo[] {
  return [...Map.groupBy(matches, configKey)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, played]) => {
    const { board, numPlayers } = played[0] as Match;
    const ordered = played.toSorted(compareMatches);
    return { board, numPlayers, rows: ordered.some(({ players }) => players.length > 2) ? tournamentElo(ordered) : serviceElo(ordered) };
  });
}
