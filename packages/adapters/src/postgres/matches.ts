import { matchesMoved } from "@gauntlet/controller";
import type { AppendedMatches, MatchStore } from "@gauntlet/controller";
import { matchIdOf } from "@gauntlet/core";
import type { LedgerRecord } from "@gauntlet/core";
import { matchRecordText, readMatchRecord } from "../sql/match-record-text.ts";
import { arrayText } from "./array-text.ts";
import type { Database, Queries } from "./database.ts";

/**
 * Appends take turns on one lock, which PostgreSQL gives back after a commit can be seen: sequences become visible in
 * their order, and who follows them misses none.
 */
export function postgresMatches(database: Database): MatchStore {
  return {
    append: (records, expect) => database.transaction("matches", (queries) => append(queries, records, expect)),
    read: async (after, limit) => {
      const rows = await database.all<RecordRow & { readonly sequence: number }>("SELECT sequence, content_id, record FROM @.match_records WHERE sequence > $1 ORDER BY sequence LIMIT $2", after, limit);
      return rows.map((row) => ({ sequence: row.sequence, record: recordOf(row) }));
    },
    held: async (matchId) => (await database.all<RecordRow>("SELECT content_id, record FROM @.match_records WHERE match_id = $1 ORDER BY sequence", matchId)).map(recordOf),
    // Nothing is deleted and appends take turns, so that sequences have no gaps.
    head: async () => {
      const sequence = await newest(database);
      return { sequence, count: sequence };
    },
  };
}

interface RecordRow {
  readonly content_id: string;
  readonly record: string;
}

function recordOf({ content_id, record }: RecordRow): LedgerRecord {
  return readMatchRecord(content_id, record);
}

async function newest(queries: Queries): Promise<number> {
  const [row] = await queries.all<{ readonly sequence: number }>("SELECT coalesce(max(sequence), 0) AS sequence FROM @.match_records");
  return row?.sequence ?? 0;
}

/** A statement's worth: some megabytes. */
const ROWS_PER_STATEMENT = 5000;

async function append(queries: Queries, records: readonly LedgerRecord[], expect: number | undefined): Promise<AppendedMatches> {
  const before = await newest(queries);
  if (expect !== undefined && expect !== before) throw matchesMoved(expect, before);
  let sequence = before;
  for (let from = 0; from < records.length; from += ROWS_PER_STATEMENT) sequence += await insert(queries, records.slice(from, from + ROWS_PER_STATEMENT), sequence);
  return { before, sequence, added: sequence - before };
}

/** The first of equal records counts, as in every other store. */
async function insert(queries: Queries, records: readonly LedgerRecord[], sequence: number): Promise<number> {
  return queries.run(
    `INSERT INTO @.match_records (sequence, content_id, match_id, record)
     SELECT $4::bigint + row_number() OVER (ORDER BY position), content_id, match_id, record
     FROM (SELECT DISTINCT ON (content_id) * FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS t (content_id, match_id, record, position) ORDER BY content_id, position) fresh
     WHERE NOT EXISTS (SELECT 1 FROM @.match_records m WHERE m.content_id = fresh.content_id)`,
    arrayText(records.map(({ contentId }) => contentId)),
    arrayText(records.map(matchIdOf)),
    arrayText(records.map(matchRecordText)),
    sequence,
  );
}
