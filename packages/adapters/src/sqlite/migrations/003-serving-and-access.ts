/** Who serves whom, what was answered to idempotency keys, and API tokens. */
export const servingAndAccess = `
CREATE TABLE allocations (
  model TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL,
  allocation TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  status INTEGER,
  body TEXT
) STRICT;

CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX live_tokens_by_name ON tokens (name) WHERE revoked_at IS NULL;
`;
