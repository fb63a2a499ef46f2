/** Evidence, the batches it came in, and the raw records that checks join. Text is compared byte by byte. */
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
  model text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  slot text NOT NULL,
  mode text NOT NULL,
  epoch bigint NOT NULL,
  at bigint NOT NULL,
  prediction boolean,
  PRIMARY KEY (model, request_id, version)
);
CREATE INDEX predictions_by_age ON predictions (model, at);

CREATE TABLE labels (
  model text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  truth boolean NOT NULL,
  source text NOT NULL,
  labelled_at bigint NOT NULL,
  PRIMARY KEY (model, request_id, revision)
);
CREATE INDEX labels_by_age ON labels (model, labelled_at);
`;
