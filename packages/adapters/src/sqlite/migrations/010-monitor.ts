/** What monitors remember of each subject, as JSON; its checks by their order; and what hooks are to be told. */
export const monitor = `
CREATE TABLE monitors (
  subject TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE monitor_checks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL,
  entry TEXT NOT NULL
) STRICT;
CREATE INDEX monitor_checks_by_subject ON monitor_checks (subject, seq);

CREATE TABLE deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  hook TEXT NOT NULL,
  event TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at INTEGER,
  detail TEXT,
  settled_at INTEGER
) STRICT;
CREATE INDEX deliveries_that_are_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
`;
