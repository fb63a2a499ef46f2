/** Reconciling with other nodes: runs as JSON by the order in which they were recorded, what is known of each peer, and drift. */
export const sync = `
CREATE TABLE sync_runs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  peer TEXT NOT NULL,
  run TEXT NOT NULL
) STRICT;
CREATE INDEX sync_runs_by_peer ON sync_runs (peer, seq);

CREATE TABLE sync_peers (
  peer TEXT PRIMARY KEY,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE drift_snapshots (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  config TEXT NOT NULL,
  peer TEXT NOT NULL,
  snapshot TEXT NOT NULL
) STRICT;
CREATE INDEX drift_snapshots_by_history ON drift_snapshots (config, peer, seq);
`;
