import { matchIdOf, mergeMatches } from "@gauntlet/core";
import type { LedgerRecord, Sha256 } from "@gauntlet/core";
import type { ImportReport } from "./match-ledger.ts";
import { heldOf, registerFor } from "./match-table.ts";
import type { MatchTable } from "./match-table.ts";
import { hasPlayed } from "./played-config.ts";

const LISTED_MAX = 100;

export interface ImportBatchOptions {
  readonly now: number;
  readonly origin: string;
  readonly hash?: Sha256;
  /** @throws Failure `conflict` when a match would have two versions */
  readonly refuses: boolean;
  readonly matchesOnly: boolean;
}

/** What a batch of rows leads to; nothing is changed. `appended` is what the store and the table then have to take. */
export function importBatch(table: MatchTable, rows: readonly unknown[], { refuses, matchesOnly, ...context }: ImportBatchOptions): { readonly report: ImportReport; readonly appended: readonly LedgerRecord[] } {
  // `{match}` or `{tombstone}`, as records go over the wire; anything else should be a match.
  const isWhole = (row: unknown): boolean => !matchesOnly && typeof row === "object" && row !== null && ("match" in row || "tombstone" in row);
  const strategy = refuses ? "raise" : table.strategy === "raise" ? "skip" : table.strategy;
  const merged = mergeMatches((id) => heldOf(table, id), rows.map((row) => (isWhole(row) ? row : { match: row })), { ...context, strategy });
  const disputed = merged.conflicts.slice(0, LISTED_MAX).map(({ matchId }) => matchId);
  const more = Map.groupBy(disputed.length === 0 ? [] : merged.appended, matchIdOf);
  const report: ImportReport = {
    rows: rows.length,
    counters: merged.counters,
    participantsAdded: newParticipants(table, merged.appended),
    rejected: merged.rejected.slice(0, LISTED_MAX).map(({ index, problems }) => ({ index, problems: isWhole(rows[index]) ? problems : problems.map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\/match/, ""), detail })) })),
    rejectedCount: merged.rejected.length,
    conflicts: disputed.map((id) => registerFor(table, id, more.get(id))),
    conflictCount: merged.conflicts.length,
  };
  return { report, appended: merged.appended };
}

function newParticipants(table: MatchTable, appended: readonly LedgerRecord[]): number {
  const fresh = new Set<string>();
  for (const record of appended) if (record.kind === "match") for (const player of record.match.players) fresh.add(player);
  for (const played of table.played.values()) for (const player of fresh) if (hasPlayed(played, player)) fresh.delete(player);
  return fresh.size;
}
