/**
 * The index of raw predictions in two parts. Hashes of requests come in random order, so each lands on a page of its own, and
 * the bigger the index, the more pages every commit writes. New ones go to a small part, and from there into the big one
 * a contiguous range at a time. Rows have an id of their own, which VACUUM doesn't change.
 */
export const requestIndex = `
CREATE TABLE predictions_with_id (
  id INTEGER PRIMARY KEY,
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
INSERT INTO predictions_with_id (request_hash, model, request_id, version, slot, mode, epoch, at, prediction)
  SELECT request_hash, model, request_id, version, slot, mode, epoch, at, prediction FROM predictions ORDER BY rowid;
DROP TABLE predictions;
ALTER TABLE predictions_with_id RENAME TO predictions;
CREATE INDEX predictions_by_age ON predictions (model, at);

CREATE TABLE new_requests (request_hash INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (request_hash, id)) STRICT, WITHOUT ROWID;
CREATE TABLE old_requests (request_hash INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (request_hash, id)) STRICT, WITHOUT ROWID;
INSERT INTO old_requests SELECT request_hash, id FROM predictions ORDER BY request_hash, id;
CREATE VIEW requests AS SELECT request_hash, id FROM new_requests UNION ALL SELECT request_hash, id FROM old_requests;
`;
