import { wireRecord } from "@gauntlet/core";
import type { LedgerRecord, Match, Tombstone } from "@gauntlet/core";

/** A record of the match ledger as both databases keep it: what goes over the wire too. */
export function matchRecordText(record: LedgerRecord): string {
  return JSON.stringify(wireRecord(record));
}

export function readMatchRecord(contentId: string, text: string): LedgerRecord {
  const record = JSON.parse(text) as { readonly match: Match } | { readonly tombstone: Tombstone };
  return "match" in record ? { kind: "match", contentId, match: record.match } : { kind: "tombstone", contentId, tombstone: record.tombstone };
}
