import { countRecords, matchIdOf, type LedgerRecord, type MergeCounters } from "@gauntlet/core";

import type { SyncLedger } from "./sync-ledger.ts";

/** Makes records of a session durable, and counts what they did. They are in memory when it resolves, and nothing is when it throws. */
export async function takeRecords(ledger: SyncLedger, records: readonly LedgerRecord[]): Promise<MergeCounters> {
  if (records.length === 0) return { added: 0, skipped: 0, conflicts: 0, resolved: 0 };
  await ledger.add(records);
  const registers = [...new Set(records.map(matchIdOf))].flatMap((id) => ledger.register(id)?.register ?? []);
  return countRecords(records, registers, ledger.strategy);
}
