/**
 * Evidence, the batches it came in, and the raw records that checks join. Raw records are in order of arrival and found
 * by the hash of their request; one a request and version, or revision, as folds look before they write.
 */
export const evidence = `
CREATE TABLE cells (
  model TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  bucket_start INTEGER NOT NULL,
  metric TEXT NOT NULL,
  version TEXT NOT NULL,
  slot TEXT NOT NULL,
  mode TEXT NOT NULL,
  statistic TEXT NOT NULL,
  PRIMARY KEY (model, epoch, bucket_start, metric, version, slot, mode)
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
  model TEXT NOT NULL,
  batch_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (model, batch_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE predictions (
  request_hash INTEGER NOT NULL,
  model TEXT NOT NULL,
  request_id TEXT NOT NULL,
  version TEXT NOT NULL,
  slot TEXT NOT NULL,
  mode TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  at INTEGER NOT NULL,
  prediction INTEGER
) STRICT;
CREATE INDEX predictions_by_request ON predictions (request_hash);
CREATE INDEX predictions_by_age ON predictions (model, at);

CREATE TABLE labels (
  request_hash INTEGER NOT NULL,
  model TEXT NOT NULL,
  request_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  truth INTEGER NOT NULL,
  source TEXT NOT NULL,
  labelled_at INTEGER NOT NULL
) STRICT;
CREATE INDEX labels_by_request ON labels (request_hash);
CREATE INDEX labels_by_age ON labels (model, labelled_at);
`;
