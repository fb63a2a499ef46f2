/**
 * What ratios are made of: the part of a raw prediction that they need (JSON; null where the epoch has none), follow-ups
 * by the hash of their request, and the totals of each unit in each time bucket, from which its squares follow.
 */
export const followUps = `
ALTER TABLE predictions ADD COLUMN for_ratios TEXT;

CREATE TABLE follow_ups (
  request_hash INTEGER NOT NULL,
  model TEXT NOT NULL,
  request_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  metrics TEXT NOT NULL
) STRICT;
CREATE INDEX follow_ups_by_request ON follow_ups (request_hash);
CREATE INDEX follow_ups_by_minute ON follow_ups (model, at / 60000);

CREATE TABLE unit_totals (
  model TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  unit TEXT NOT NULL,
  version TEXT NOT NULL,
  slot TEXT NOT NULL,
  mode TEXT NOT NULL,
  bucket_start INTEGER NOT NULL,
  bucket_end INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  sums TEXT NOT NULL,
  PRIMARY KEY (model, epoch, unit, version, slot, mode, bucket_start)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_totals_by_age ON unit_totals (model, bucket_end);
`;
