import { configKey, Failure, uncertaintyOf, winRate, type FittedDifference, type Match, type RatingFacts } from "@gauntlet/core";

import type { MatchLedger } from "../matches/match-ledger.ts";

export interface RatingQuery {
  readonly board: string;
  readonly numPlayers: number;
  readonly participant: string;
  /** What a rollback goes back to; null: nobody is known. */
  readonly previous: string | null;
  /** What the participant's Elo is held against; null: the rating of `previous`. */
  readonly baselineElo: number | null;
  /** Matches that ended after this count as new. */
  readonly since: number;
}

type Matches = Pick<MatchLedger, "matches" | "elo" | "fit">;

/** What the matches that this node knows say of a participant. */
export function ratingFactsOf(ledger: Matches, query: RatingQuery): RatingFacts {
  const { board, numPlayers, participant, previous, baselineElo, since } = query;
  const config = configKey({ board, numPlayers });
  const own = ledger.elo(config).find((row) => row.participant === participant);
  const other = previous === null ? undefined : ledger.elo(config).find((row) => row.participant === previous);
  return {
    board,
    service: own === undefined || own.games === 0 ? null : { elo: own.rating, games: own.games, winRate: winRate(own) },
    baselineElo,
    previousElo: other?.rating ?? null,
    since: playedSince(ledger.matches(config), query),
    difference: previous === null ? null : differenceOf(ledger, config, { participant, previous, since }),
  };
}

function playedSince(matches: readonly Match[], { participant, previous, since }: RatingQuery): RatingFacts["since"] {
  let played = 0;
  let [games, points] = [0, 0];
  for (const { at, players, places } of matches) {
    const seat = at > since ? players.indexOf(participant) : -1;
    if (seat === -1) continue;
    played++;
    const other = previous === null ? -1 : players.indexOf(previous);
    if (other === -1) continue;
    const [own, theirs] = [places[seat]!, places[other]!];
    games++;
    points += own < theirs ? 1 : own === theirs ? 0.5 : 0;
  }
  return { games: played, against: { games, points } };
}

/** null where the two are not comparable, or one of them has no match. */
export function differenceOf(ledger: Pick<Matches, "fit" | "matches">, config: string, { participant, previous, since }: Pick<RatingQuery, "participant" | "since"> & { readonly previous: string }): FittedDifference | null {
  const compared = compare(ledger, config, [participant, previous]);
  if (compared === null) return null;
  let games = 0;
  let before = 0;
  for (const { players, at } of ledger.matches(config)) {
    if (!players.includes(participant) && !players.includes(previous)) continue;
    games++;
    if (at <= since) before++;
  }
  return { ...compared, games, before };
}

function compare(ledger: Pick<Matches, "fit">, config: string, [a, b]: readonly [string, string]): { readonly value: number; readonly standardError: number } | null {
  try {
    const found = uncertaintyOf(ledger.fit(config)).compare(a, b);
    return found.kind === "comparable" ? { value: found.difference, standardError: found.standardError } : null;
  } catch (error) {
    // A participant without matches, or matches that say nothing, such as ties alone.
    if (error instanceof Failure && (error.code === "not_found" || error.code === "invalid_input")) return null;
    throw error;
  }
}
