import { compareMatches, countMatches, fitRatings, mergeCounts, refitRatings, serviceElo, tournamentElo } from "@gauntlet/core";
import type { EloRow, Match, MatchConfig, MatchCounts, RatingFit, RatingModel } from "@gauntlet/core";
import { countsOfColumns, matchesOf } from "./match-columns.ts";
import type { ConfigColumns, MatchColumns } from "./match-columns.ts";

/** The matches of one config that count, and what was last worked out of them; it follows new matches by what they add. */
export interface PlayedConfig {
  readonly config: MatchConfig;
  /** Those in columns, if there are any; the others are `matches`. */
  columns: { readonly all: MatchColumns; readonly own: ConfigColumns } | null;
  readonly matches: Map<string, Match>;
  /** How many of `matches` each has. */
  readonly participants: Map<string, number>;
  /** Matches with three or more rated players. */
  several: number;
  /** The latest instant of a match; undefined: not known any more. */
  latestAt: number | null | undefined;
  ordered: { matches: readonly Match[]; readonly added: Match[] } | null;
  counted: { counts: MatchCounts; readonly added: Match[] } | null;
  fitted: { readonly counts: MatchCounts; readonly anchors: string; readonly fit: RatingFit } | null;
  rated: { readonly upTo: number; readonly several: boolean; readonly rows: readonly EloRow[] } | null;
}

export function createPlayed(config: MatchConfig): PlayedConfig {
  return { config, columns: null, matches: new Map(), participants: new Map(), several: 0, latestAt: null, ordered: null, counted: null, fitted: null, rated: null };
}

export function addPlayed(played: PlayedConfig, match: Match): void {
  movePlayed(played, match);
  if (played.latestAt !== undefined) played.latestAt = Math.max(played.latestAt ?? 0, match.at);
  played.ordered?.added.push(match);
  played.counted?.added.push(match);
}

/** A match that was counted in columns, and is no longer there. */
export function movePlayed(played: PlayedConfig, match: Match): void {
  played.matches.set(match.id, match);
  for (const player of match.players) played.participants.set(player, (played.participants.get(player) ?? 0) + 1);
  if (match.players.length > 2) played.several++;
}

/** Rare: another version won, or it was purged. Counts can't be taken away, so all is worked out anew. */
export function removePlayed(played: PlayedConfig, match: Match): void {
  played.matches.delete(match.id);
  for (const player of match.players) {
    const left = (played.participants.get(player) ?? 0) - 1;
    if (left === 0) played.participants.delete(player);
    else played.participants.set(player, left);
  }
  if (match.players.length > 2) played.several--;
  forgetAnswers(played);
}

/** What was worked out no longer follows by what was added. */
export function forgetAnswers(played: PlayedConfig): void {
  played.latestAt = undefined;
  played.ordered = null;
  played.counted = null;
  played.rated = null;
}

export function matchCount({ matches, columns }: PlayedConfig): number {
  return matches.size + (columns?.own.matches ?? 0);
}

export function hasPlayed({ participants, columns }: PlayedConfig, id: string): boolean {
  if (participants.has(id)) return true;
  const position = columns?.own.positions.get(id);
  return position !== undefined && columns!.own.games.values[position]! > 0;
}

export function participantCount(played: PlayedConfig): number {
  let count = played.participants.size;
  const own = played.columns?.own;
  if (own !== undefined) for (const [id, position] of own.positions) if (own.games.values[position]! > 0 && !played.participants.has(id)) count++;
  return count;
}

function* allMatches({ matches, columns }: PlayedConfig): Generator<Match> {
  if (columns !== null) yield* matchesOf(columns.all, columns.own);
  yield* matches.values();
}

export function latestOf(played: PlayedConfig): number | null {
  if (played.latestAt === undefined) {
    // A bound at once where nothing was ever taken out of the columns, which is nearly always.
    const own = played.columns?.own ?? null;
    const whole = own !== null && own.matches === own.rows.length + own.several.length;
    played.latestAt = whole ? own.latestAt : null;
    for (const { at } of whole ? played.matches.values() : allMatches(played)) played.latestAt = Math.max(played.latestAt ?? 0, at);
  }
  return played.latestAt;
}

export function orderedMatches(played: PlayedConfig): readonly Match[] {
  if (played.ordered === null) played.ordered = { matches: [...allMatches(played)].toSorted(compareMatches), added: [] };
  const { ordered } = played;
  if (ordered.added.length === 0) return ordered.matches;
  const added = ordered.added.toSorted(compareMatches);
  const from = firstAfter(ordered.matches, added[0]!);
  if (played.rated !== null && from < played.rated.upTo) played.rated = null;
  const matches = [...ordered.matches.slice(0, from), ...mergeOrdered(ordered.matches.slice(from), added)];
  played.ordered = { matches, added: [] };
  return matches;
}

export function countsOf(played: PlayedConfig): MatchCounts {
  const { counted } = played;
  if (counted === null) {
    const parts = played.columns === null ? [] : [countsOfColumns(played.columns.all, played.columns.own)];
    if (parts.length === 0 || played.matches.size > 0) parts.push(countMatches(played.matches.values()));
    const counts = parts.length === 1 ? parts[0]! : mergeCounts(parts);
    played.counted = { counts, added: [] };
    return counts;
  }
  if (counted.added.length === 0) return counted.counts;
  const counts = mergeCounts([counted.counts, countMatches(counted.added)]);
  played.counted = { counts, added: [] };
  return counts;
}

/** Anchors that have no match in this config play no part in it. */
export function fitOf(played: PlayedConfig, model: RatingModel): RatingFit {
  const counts = countsOf(played);
  const present = [...model.anchors].filter(([id]) => hasPlayed(played, id));
  const anchors = JSON.stringify(present);
  const earlier = played.fitted;
  if (earlier !== null && earlier.counts === counts && earlier.anchors === anchors) return earlier.fit;
  const fit = earlier !== null && earlier.anchors === anchors ? refitRatings(earlier.fit, counts) : fitRatings(counts, { ...model, anchors: new Map(present) });
  played.fitted = { counts, anchors, fit };
  return fit;
}

export function eloOf(played: PlayedConfig): readonly EloRow[] {
  const matches = orderedMatches(played);
  const several = played.several + (played.columns?.own.severalHere ?? 0) > 0;
  const earlier = played.rated?.several === several ? played.rated : null;
  if (earlier?.upTo === matches.length) return earlier.rows;
  const fresh = matches.slice(earlier?.upTo ?? 0);
  const rows = several ? tournamentElo(fresh, earlier?.rows) : serviceElo(fresh, undefined, earlier?.rows);
  played.rated = { upTo: matches.length, several, rows };
  return rows;
}

function firstAfter(matches: readonly Match[], match: Match): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareMatches(matches[middle]!, match) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mergeOrdered(left: readonly Match[], right: readonly Match[]): readonly Match[] {
  const merged: Match[] = [];
  let i = 0;
  for (const match of right) {
    while (i < left.length && compareMatches(left[i]!, match) < 0) merged.push(left[i++]!);
    merged.push(match);
  }
  while (i < left.length) merged.push(left[i++]!);
  return merged;
}
