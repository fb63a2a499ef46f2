/**
 * The match ledger: whole records as JSON, in the order in which they came. What is asked for by column is read out of the
 * record, so that the two can't differ.
 */
export const matches = `
CREATE TABLE match_records (
  sequence INTEGER PRIMARY KEY,
  content_id BLOB NOT NULL UNIQUE CHECK (length(content_id) = 16),
  match_id TEXT NOT NULL,
  record TEXT NOT NULL,
  kind TEXT GENERATED ALWAYS AS (iif(json_type(record, '$.match') IS NULL, 'tombstone', 'match')) VIRTUAL,
  board TEXT GENERATED ALWAYS AS (coalesce(record ->> '$.match.board', record ->> '$.tombstone.board')) VIRTUAL,
  num_players INTEGER GENERATED ALWAYS AS (coalesce(record ->> '$.match.numPlayers', record ->> '$.tombstone.numPlayers')) VIRTUAL,
  at INTEGER GENERATED ALWAYS AS (coalesce(record ->> '$.match.at', record ->> '$.tombstone.at')) VIRTUAL,
  origin TEXT GENERATED ALWAYS AS (coalesce(record ->> '$.match.origin', record ->> '$.tombstone.origin')) VIRTUAL
) STRICT;
CREATE INDEX match_records_by_match ON match_records (match_id);
CREATE TRIGGER match_records_are_never_updated BEFORE UPDATE ON match_records BEGIN SELECT RAISE(ABORT, 'match records are never changed'); END;
CREATE TRIGGER match_records_are_never_deleted BEFORE DELETE ON match_records BEGIN SELECT RAISE(ABORT, 'match records are never deleted'); END;
`;
