import { compareText, SYNC_RUNS_MAX } from "@gauntlet/controller";
import type { PeerState, SyncRun, SyncStore } from "@gauntlet/controller";
import { DRIFT_SNAPSHOTS_MAX } from "@gauntlet/core";
import { driftHistories, type DriftRow } from "../sql/drift-histories.ts";
import type { Database } from "./database.ts";

export function sqliteSync(database: Database): SyncStore {
  return {
    recordRun: async (run, peer) => database.transaction(() => recordRun(database, run, peer)),
    runs: async ({ peer, limit }) =>
      database.all<{ readonly run: string }>("SELECT run FROM sync_runs WHERE ?1 IS NULL OR peer = ?1 ORDER BY seq DESC LIMIT ?2", peer, limit).map(({ run }) => JSON.parse(run) as SyncRun),
    peers: async () =>
      database
        .all<{ readonly state: string }>("SELECT state FROM sync_peers")
        .map(({ state }) => JSON.parse(state) as PeerState)
        .toSorted((a, b) => compareText(a.peer, b.peer)),
    recordDrift: async ({ config, peer }, snapshot) =>
      database.transaction(() => {
        database.run("INSERT INTO drift_snapshots (config, peer, snapshot) VALUES (?, ?, ?)", config, peer, JSON.stringify(snapshot));
        database.run(
          "DELETE FROM drift_snapshots WHERE config = ?1 AND peer = ?2 AND seq <= (SELECT seq FROM drift_snapshots WHERE config = ?1 AND peer = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)",
          config, peer, DRIFT_SNAPSHOTS_MAX,
        );
      }),
    drift: async () => driftHistories(database.all<DriftRow>("SELECT config, peer, snapshot FROM drift_snapshots ORDER BY seq")),
  };
}

function recordRun(database: Database, run: SyncRun, peer: PeerState | null): void {
  const added = database.run("INSERT INTO sync_runs (id, peer, run) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", run.id, run.peer, JSON.stringify(run));
  if (added === 0) return;
  database.run("DELETE FROM sync_runs WHERE seq <= (SELECT seq FROM sync_runs ORDER BY seq DESC LIMIT 1 OFFSET ?)", SYNC_RUNS_MAX);
  if (peer !== null) database.run("INSERT INTO sync_peers (peer, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state", peer.peer, JSON.stringify(peer));
}
