import { compareMatches, configKey, countMatches, fitRatings, glickoTable, RATING_MODEL, ratingLadder, ratingsDigest, serviceElo, tournamentElo, uncertaintyOf, type Match } from "@gauntlet/core";

export const METHODS = ["bt", "elo", "glicko2"] as const;
export type FitMethod = (typeof METHODS)[number];

export interface FittedRow {
  readonly participant: string;
  /** Null for one of whom the matches don't say how strong it is. */
  readonly rating: number | null;
  /** 95 %; null where the method gives none. */
  readonly low: number | null;
  readonly high: number | null;
  readonly games: number;
  /** The likelihood of being stronger than the next row; null where they are incomparable, or the method gives none. */
  readonly superiorityToNext: number | null;
  /** Rows of one group are comparable with each other and with no others. */
  readonly group: number;
}

export interface FittedConfig {
  readonly board: string;
  readonly numPlayers: number;
  readonly method: FitMethod;
  readonly matches: number;
  /** Best first within a group, the largest group first. */
  readonly rows: readonly FittedRow[];
  /** Equal matches, equal digests, on every node; null for methods that depend on the order of matches. */
  readonly digest: string | null;
}

interface FitRequest {
  readonly method: FitMethod;
  readonly priorGames: number;
  readonly anchors: ReadonlyMap<string, number>;
}

const Z_95 = 1.959_963_984_540_054;
const GLICKO = { periodMs: 7 * 86_400_000, tau: 0.5 };

/** Each board and number of players for itself. */
export function fitConfigs(matches: readonly Match[], request: FitRequest): readonly FittedConfig[] {
  return [...Map.groupBy(matches, configKey)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, played]) => {
    const { board, numPlayers } = played[0] as Match;
    const games = gamesOf(played);
    const shared = { board, numPlayers, method: request.method, matches: played.length };
    switch (request.method) {
      case "bt":
        return { ...shared, ...byLikelihood(played, games, request) };
      case "elo":
        return { ...shared, rows: byElo(played), digest: null };
      case "glicko2":
        return { ...shared, rows: byGlicko(played, games), digest: null };
    }
  });
}

function byLikelihood(played: readonly Match[], games: ReadonlyMap<string, number>, { priorGames, anchors }: FitRequest): Pick<FittedConfig, "rows" | "digest"> {
  const fit = fitRatings(countMatches(played), { ...RATING_MODEL, priorGames, anchors });
  const { compare } = uncertaintyOf(fit);
  const ladder = ratingLadder(fit);
  const rows = ladder.map(({ participant, elo, standardError, group }, index): FittedRow => {
    const next = ladder[index + 1];
    const comparison = next === undefined ? null : compare(participant, next.participant);
    const half = elo === null || standardError === null ? null : Z_95 * standardError;
    return {
      participant,
      rating: elo,
      low: elo === null || half === null ? null : elo - half,
      high: elo === null || half === null ? null : elo + half,
      games: games.get(participant) ?? 0,
      superiorityToNext: comparison?.kind === "comparable" ? comparison.superiority : null,
      group,
    };
  });
  return { rows, digest: ratingsDigest(fit) };
}

/** In the order that every node has. Incremental Elo gives no interval. */
function byElo(played: readonly Match[]): readonly FittedRow[] {
  const ordered = played.toSorted(compareMatches);
  const rows = ordered.some(({ players }) => players.length > 2) ? tournamentElo(ordered) : serviceElo(ordered);
  return rows.toSorted((a, b) => b.rating - a.rating).map(({ participant, rating, games }) => ({ participant, rating, low: null, high: null, games, superiorityToNext: null, group: 0 }));
}

function byGlicko(played: readonly Match[], games: ReadonlyMap<string, number>): readonly FittedRow[] {
  return [...glickoTable(played, GLICKO)]
    .toSorted(([, a], [, b]) => b.rating - a.rating)
    .map(([participant, { rating, deviation }]) => ({ participant, rating, low: rating - Z_95 * deviation, high: rating + Z_95 * deviation, games: games.get(participant) ?? 0, superiorityToNext: null, group: 0 }));
}

function gamesOf(played: readonly Match[]): ReadonlyMap<string, number> {
  const games = new Map<string, number>();
  for (const { players } of played) for (const player of players) games.set(player, (games.get(player) ?? 0) + 1);
  return games;
}
