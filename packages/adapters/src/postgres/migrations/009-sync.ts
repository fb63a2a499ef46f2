/** Reconciling with other nodes: runs as JSON by the order in which they were recorded, what is known of each peer, and drift. */
export const sync = `
CREATE TABLE sync_runs (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  peer text COLLATE "C" NOT NULL,
  run text NOT NULL
);
CREATE INDEX sync_runs_by_peer ON sync_runs (peer, seq);

CREATE TABLE sync_peers (
  peer text COLLATE "C" PRIMARY KEY,
  state text NOT NULL
);

CREATE TABLE drift_snapshots (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  config text COLLATE "C" NOT NULL,
  peer text COLLATE "C" NOT NULL,
  snapshot text NOT NULL
);
CREATE INDEX drift_snapshots_by_history ON drift_snapshots (config, peer, seq);
`;
