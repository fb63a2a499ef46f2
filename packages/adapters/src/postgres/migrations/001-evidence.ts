/**
 * Evidence, the batches it came in, and the raw records that checks join. Raw records are in order of arrival and found
 * by the hash of their request; one a request and version, or revision, as folds look before they write, under a lock.
 * Forgetting goes by age, which follows the order of arrival: a block range index costs next to nothing to keep.
 * Text is compared byte by byte.
 */
export const evidence = `
CREATE TABLE cells (
  model text COLLATE "C" NOT NULL,
  epoch bigint NOT NULL,
  bucket_start bigint NOT NULL,
  metric text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  slot text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL,
  statistic text NOT NULL,
  PRIMARY KEY (model, epoch, bucket_start, metric, version, slot, mode)
) WITH (fillfactor = 70);

CREATE TABLE batches (
  model text COLLATE "C" NOT NULL,
  batch_id text COLLATE "C" NOT NULL,
  digest text NOT NULL,
  answer text NOT NULL,
  PRIMARY KEY (model, batch_id)
);

CREATE TABLE predictions (
  request_hash integer NOT NULL,
  model text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  slot text NOT NULL,
  mode text NOT NULL,
  epoch bigint NOT NULL,
  at bigint NOT NULL,
  prediction boolean
);
CREATE INDEX predictions_by_request ON predictions (request_hash);
CREATE INDEX predictions_by_age ON predictions USING brin (at) WITH (autosummarize = on);

CREATE TABLE labels (
  request_hash integer NOT NULL,
  model text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  truth boolean NOT NULL,
  source text NOT NULL,
  labelled_at bigint NOT NULL
);
CREATE INDEX labels_by_request ON labels (request_hash);
CREATE INDEX labels_by_age ON labels USING brin (labelled_at) WITH (autosummarize = on);
`;
