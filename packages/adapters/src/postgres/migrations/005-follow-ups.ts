/**
 * What ratios are made of: the part of a raw prediction that they need (JSON; null where the epoch has none), follow-ups
 * by the hash of their request, and the totals of each unit in each time bucket, from which its squares follow.
 */
export const followUps = `
ALTER TABLE predictions ADD COLUMN for_ratios text;

CREATE TABLE follow_ups (
  request_hash integer NOT NULL,
  model text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  metrics text NOT NULL
);
CREATE INDEX follow_ups_by_request ON follow_ups (request_hash);
CREATE INDEX follow_ups_by_age ON follow_ups USING brin (at) WITH (autosummarize = on);

CREATE TABLE unit_totals (
  model text COLLATE "C" NOT NULL,
  epoch bigint NOT NULL,
  unit text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  slot text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL,
  bucket_start bigint NOT NULL,
  bucket_end bigint NOT NULL,
  requests bigint NOT NULL,
  sums text NOT NULL,
  PRIMARY KEY (model, epoch, unit, version, slot, mode, bucket_start)
) WITH (fillfactor = 80);
CREATE INDEX unit_totals_by_age ON unit_totals USING brin (bucket_end) WITH (autosummarize = on);
`;
