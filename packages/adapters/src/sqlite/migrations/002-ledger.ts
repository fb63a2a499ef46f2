/** The ledger's chains with the state folded from each, and the leases that fence their writers. */
export const ledger = `
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT,
  token INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chains (
  chain TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  decision_id TEXT,
  confirmed_at INTEGER,
  state TEXT NOT NULL
) STRICT;

CREATE TABLE entries (
  chain TEXT NOT NULL REFERENCES chains (chain),
  seq INTEGER NOT NULL,
  entry TEXT NOT NULL,
  UNIQUE (chain, seq)
) STRICT;
CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END;
CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'ledger entries are never deleted'); END;
`;
