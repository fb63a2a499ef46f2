import { matchesMoved } from "@gauntlet/controller";
import type { AppendedMatches, MatchStore } from "@gauntlet/controller";
import { matchIdOf } from "@gauntlet/core";
import type { LedgerRecord } from "@gauntlet/core";
import { matchRecordText, readMatchRecord } from "../sql/match-record-text.ts";
import type { Database } from "./database.ts";

export function sqliteMatches(database: Database): MatchStore {
  return {
    append: async (records, expect) => database.transaction(() => append(database, records, expect)),
    read: async (after, limit) =>
      database
        .all<RecordRow & { readonly sequence: number }>("SELECT sequence, content_id, record FROM match_records WHERE sequence > ? ORDER BY sequence LIMIT ?", after, limit)
        .map((row) => ({ sequence: row.sequence, record: recordOf(row) })),
    held: async (matchId) => database.all<RecordRow>("SELECT content_id, record FROM match_records WHERE match_id = ? ORDER BY sequence", matchId).map(recordOf),
    // Nothing is deleted and one process writes, so that sequences have no gaps.
    head: async () => {
      const sequence = newest(database);
      return { sequence, count: sequence };
    },
  };
}

interface RecordRow {
  readonly content_id: Uint8Array;
  readonly record: string;
}

function recordOf({ content_id, record }: RecordRow): LedgerRecord {
  return readMatchRecord(Buffer.from(content_id.buffer, content_id.byteOffset, content_id.byteLength).toString("hex"), record);
}

function newest(database: Database): number {
  return database.get<{ readonly sequence: number }>("SELECT coalesce(max(sequence), 0) AS sequence FROM match_records")?.sequence ?? 0;
}

function append(database: Database, records: readonly LedgerRecord[], expect: number | undefined): AppendedMatches {
  const before = newest(database);
  if (expect !== undefined && expect !== before) throw matchesMoved(expect, before);
  let sequence = before;
  for (const record of records) {
    sequence += database.run(
      "INSERT INTO match_records (sequence, content_id, match_id, record) VALUES (?, ?, ?, ?) ON CONFLICT (content_id) DO NOTHING",
      sequence + 1, Buffer.from(record.contentId, "hex"), matchIdOf(record), matchRecordText(record),
    );
  }
  return { before, sequence, added: sequence - before };
}
