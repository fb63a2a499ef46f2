import { compareText, SYNC_RUNS_MAX } from "@gauntlet/controller";
import type { PeerState, SyncRun, SyncStore } from "@gauntlet/controller";
import { DRIFT_SNAPSHOTS_MAX } from "@gauntlet/core";
import { driftHistories, type DriftRow } from "../sql/drift-histories.ts";
import type { Database, Queries } from "./database.ts";

export function postgresSync(database: Database): SyncStore {
  return {
    recordRun: (run, peer) => database.transaction("sync", (queries) => recordRun(queries, run, peer)),
    runs: async ({ peer, limit }) =>
      (await database.all<{ readonly run: string }>("SELECT run FROM @.sync_runs WHERE $1::text IS NULL OR peer = $1 ORDER BY seq DESC LIMIT $2", peer, limit)).map(({ run }) => JSON.parse(run) as SyncRun),
    peers: async () => {
      const rows = await database.all<{ readonly state: string }>("SELECT state FROM @.sync_peers");
      return rows.map(({ state }) => JSON.parse(state) as PeerState).toSorted((a, b) => compareText(a.peer, b.peer));
    },
    recordDrift: ({ config, peer }, snapshot) =>
      database.transaction("sync", async (queries) => {
        await queries.run("INSERT INTO @.drift_snapshots (config, peer, snapshot) VALUES ($1, $2, $3)", config, peer, JSON.stringify(snapshot));
        await queries.run(
          "DELETE FROM @.drift_snapshots WHERE config = $1 AND peer = $2 AND seq <= (SELECT seq FROM @.drift_snapshots WHERE config = $1 AND peer = $2 ORDER BY seq DESC LIMIT 1 OFFSET $3)",
          config,
          peer,
          DRIFT_SNAPSHOTS_MAX,
        );
      }),
    drift: async () => driftHistories(await database.all<DriftRow>("SELECT config, peer, snapshot FROM @.drift_snapshots ORDER BY seq")),
  };
}

async function recordRun(queries: Queries, run: SyncRun, peer: PeerState | null): Promise<void> {
  const added = await queries.run("INSERT INTO @.sync_runs (id, peer, run) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", run.id, run.peer, JSON.stringify(run));
  if (added === 0) return;
  await queries.run("DELETE FROM @.sync_runs WHERE seq <= (SELECT seq FROM @.sync_runs ORDER BY seq DESC LIMIT 1 OFFSET $1)", SYNC_RUNS_MAX);
  if (peer !== null) await queries.run("INSERT INTO @.sync_peers (peer, state) VALUES ($1, $2) ON CONFLICT (peer) DO UPDATE SET state = excluded.state", peer.peer, JSON.stringify(peer));
}
