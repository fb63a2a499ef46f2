import type { Match } from "../../rating/match/match.ts";
import { compareRecords, matchIdOf, type LedgerRecord, type MatchRecord, type TombstoneRecord } from "../record/ledger-record.ts";

/** What is done where two nodes say different things of one match. */
export const CONFLICT_STRATEGIES = ["skip", "first_write_wins", "last_write_wins", "raise"] as const;
export type ConflictStrategy = (typeof CONFLICT_STRATEGIES)[number];

/** Everything that is held of one match id, in the order of `compareRecords`, each record once. */
export interface Register {
  readonly matchId: string;
  readonly versions: readonly MatchRecord[];
  readonly tombstones: readonly TombstoneRecord[];
}

export type Resolution =
  /** One version counts; `losers` are kept to be looked at. */
  | { readonly kind: "kept"; readonly match: Match; readonly losers: readonly Match[] }
  /** No version counts until somebody decides. */
  | { readonly kind: "unresolved"; readonly versions: readonly Match[] }
  | { readonly kind: "purged"; readonly versions: readonly Match[] };

/**
 * What a register says under a strategy: a function of the set of its records alone, so that whatever order, and however
 * often, records come, every node that holds them says the same.
 */
export function resolveRegister(register: Register, strategy: ConflictStrategy): Resolution {
  const versions = standing(register).map(({ match }) => match);
  if (versions.length === 0) return { kind: "purged", versions: register.versions.map(({ match }) => match) };
  if (versions.length === 1) return { kind: "kept", match: versions[0]!, losers: [] };
  switch (strategy) {
    case "skip":
    case "raise":
      return { kind: "unresolved", versions };
    case "first_write_wins":
      return { kind: "kept", match: versions[0]!, losers: versions.slice(1) };
    case "last_write_wins":
      return { kind: "kept", match: versions.at(-1)!, losers: versions.slice(0, -1) };
  }
}

/** Versions that no tombstone takes out. */
export function standing({ versions, tombstones }: Register): readonly MatchRecord[] {
  return versions.filter(({ contentId }) => !tombstones.some(({ tombstone }) => tombstone.version === null || tombstone.version === contentId));
}

/** The union of what two sides hold of one match: commutative, associative and idempotent. */
export function registerOf(matchId: string, records: Iterable<LedgerRecord>): Register {
  const byContent = new Map<string, LedgerRecord>();
  for (const record of records) if (matchIdOf(record) === matchId) byContent.set(record.contentId, record);
  const sorted = [...byContent.values()].toSorted(compareRecords);
  return { matchId, versions: sorted.filter((record) => record.kind === "match"), tombstones: sorted.filter((record) => record.kind === "tombstone") };
}

/** Every register of a set of records, by match id. */
export function registersOf(records: Iterable<LedgerRecord>): readonly Register[] {
  const groups = new Map<string, LedgerRecord[]>();
  for (const record of records) {
    const id = matchIdOf(record);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [record]);
    else group.push(record);
  }
  return [...groups.keys()].toSorted().map((id) => registerOf(id, groups.get(id)!));
}
