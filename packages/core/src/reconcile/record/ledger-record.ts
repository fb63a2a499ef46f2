import { digestOf } from "../../digest/digest-of.ts";
import { matchHash, type Sha256 } from "../../rating/match/match-hash.ts";
import { configKey, type Match } from "../../rating/match/match.ts";

/** What a match ledger is made of. It only grows: a purge is a record too, and a version that lost stays. */
export type LedgerRecord = MatchRecord | TombstoneRecord;

export interface MatchRecord {
  readonly kind: "match";
  /** The first 16 bytes of the SHA-256 of its content, as 32 hex digits: equal contents have equal ids on every node. */
  readonly contentId: string;
  readonly match: Match;
}

export interface TombstoneRecord {
  readonly kind: "tombstone";
  readonly contentId: string;
  readonly tombstone: Tombstone;
}

/**
 * Takes a match out of the ratings, in every version held already or still to come; or one version of it, which is how a
 * person settles a conflict: by taking out the versions that are wrong.
 */
export interface Tombstone {
  readonly matchId: string;
  /** Content id of the version; null for the whole match. */
  readonly version: string | null;
  /** The configuration of the match, in whose digest the tombstone counts. */
  readonly board: string;
  readonly numPlayers: number;
  /** When it was purged: milliseconds since the Unix epoch. */
  readonly at: number;
  /** The node that purged it. */
  readonly origin: string;
  readonly reason: string;
}

const CONTENT_ID_DIGITS = 32;

export function recordOfMatch(match: Match, hash?: Sha256): MatchRecord {
  return { kind: "match", contentId: matchHash(match, hash).slice(0, CONTENT_ID_DIGITS), match };
}

export function recordOfTombstone({ matchId, version, board, numPlayers, at, origin, reason }: Tombstone): TombstoneRecord {
  const tombstone: Tombstone = { matchId, version, board, numPlayers, at, origin, reason };
  return { kind: "tombstone", contentId: digestOf({ tombstone }).slice(0, CONTENT_ID_DIGITS), tombstone };
}

export function matchIdOf(record: LedgerRecord): string {
  return record.kind === "match" ? record.match.id : record.tombstone.matchId;
}

export function instantOf(record: LedgerRecord): number {
  return record.kind === "match" ? record.match.at : record.tombstone.at;
}

export function originOf(record: LedgerRecord): string {
  return record.kind === "match" ? record.match.origin : record.tombstone.origin;
}

export function configOf(record: LedgerRecord): string {
  return configKey(record.kind === "match" ? record.match : record.tombstone);
}

/** The total order that conflicts are settled by: instant, then origin, then content, the same on every node. */
export function compareRecords(a: LedgerRecord, b: LedgerRecord): number {
  const [atA, atB] = [instantOf(a), instantOf(b)];
  if (atA !== atB) return atA - atB;
  const [originA, originB] = [originOf(a), originOf(b)];
  if (originA !== originB) return originA < originB ? -1 : 1;
  return a.contentId === b.contentId ? 0 : a.contentId < b.contentId ? -1 : 1;
}
