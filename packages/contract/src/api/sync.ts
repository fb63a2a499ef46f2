import { z } from "zod";

const count = z.int().min(0);

/** One session with a peer. The names up to `error` are those that a reconciler's users know. */
export const syncRun = z
  .object({
    id: z.string(),
    remote_host: z.string().describe("the peer's name in the configuration, or its address"),
    synced_at: z.string().describe("when it ended; ISO 8601"),
    matches_added: count.describe("matches that were not held before, and tombstones"),
    matches_skipped: count.describe("records that were held already, or say more of a purged match"),
    matches_conflict: count.describe("further versions of a match that nobody has decided between"),
    matches_resolved: count.describe("further versions of a match, decided by the strategy"),
    participants_added: count.describe("participants that were not in any match before"),
    error: z.string().nullable(),
    transport: z.enum(["ssh", "http"]),
    duration_ms: count,
    equal: z.boolean().nullable().describe("whether both held the same in the end; null: it did not come to that"),
    path: z.enum(["equal", "vector", "sketch", "bulk"]).nullable().describe("how the difference was found"),
    records_sent: count,
    records_received: count,
    records_rejected: count.describe("records of the peer that this node refused"),
    bytes_sent: count,
    bytes_received: count,
    round_trips: count,
  })
  .meta({ id: "SyncRun" });

export type SyncRunView = z.output<typeof syncRun>;

export const syncRuns = z.object({ runs: z.array(syncRun) }).meta({ id: "SyncRuns" });

/** A peer as this node knows it. */
export const syncPeer = z
  .object({
    name: z.string(),
    address: z.string().nullable().describe("null: it is not in the configuration (any more)"),
    transport: z.enum(["ssh", "http"]).nullable(),
    lastRun: syncRun.nullable(),
    equalAt: z.number().nullable().describe("when a session with it last ended with equal ledgers; milliseconds"),
    configs: z.array(z.object({ config: z.string(), theirs: z.object({ count, digest: z.string() }), ours: z.object({ count, digest: z.string() }), equal: z.boolean() })).describe("what it held then, beside what this node holds now"),
  })
  .meta({ id: "SyncPeer" });

export const syncPeers = z.object({ node: z.string(), peers: z.array(syncPeer) }).meta({ id: "SyncPeers" });

export type SyncPeers = z.output<typeof syncPeers>;

/** What all peers that were asked gave, with the names of a reconciler's report; totals include what failed sessions took in. */
export const reconcileReport = z
  .object({
    started_at: z.string(),
    completed_at: z.string(),
    nodes_synced: count,
    nodes_failed: count,
    total_matches_added: count,
    total_matches_skipped: count,
    total_conflicts: count,
    total_resolved: count,
    drift_detected: z.boolean().describe("whether any peer's ratings, as last known, are significantly apart from ours"),
    max_drift: z.number().nullable().describe("points, over all peers whose ratings are known; null: none is"),
    sync_results: z.array(syncRun),
  })
  .meta({ id: "ReconcileReport" });

export type ReconcileReportView = z.output<typeof reconcileReport>;

/** Reconcile now with some of the configured peers; left out: with all of them. */
export const reconcileAct = z.strictObject({ peers: z.array(z.string().min(1)).min(1).max(1000).optional() }).meta({ id: "ReconcileAct" });

const driftSnapshot = z.object({ checked_at: z.string(), max_rating_diff: z.number(), avg_rating_diff: z.number(), is_significant: z.boolean(), participants: count });

/** How far this node's ratings were from another's, check by check. */
export const driftHistory = z
  .object({
    config_key: z.string().describe("board and players, or all_all"),
    peer: z.string(),
    snapshots: z.array(driftSnapshot).describe("the last 100, oldest first"),
    trend: z.enum(["unknown", "improving", "stable", "worsening"]),
    persistent: z.boolean().describe("the last three were all significant"),
    avg_drift_last_hour: z.number().nullable().describe("mean maximum of the checks of the last hour; null: none"),
  })
  .meta({ id: "DriftHistory" });

export type DriftHistoryView = z.output<typeof driftHistory>;

export const driftHistories = z.object({ histories: z.array(driftHistory) }).meta({ id: "DriftHistories" });

/** One comparison of this node's ratings with a table of somebody else's, or with what is last known of a peer. */
export const driftCheck = z
  .object({
    source: z.string(),
    target: z.string(),
    checked_at: z.string(),
    participants_in_source: count,
    participants_in_target: count,
    participants_in_both: count,
    max_rating_diff: z.number(),
    avg_rating_diff: z.number(),
    is_significant: z.boolean(),
    rating_diffs: z.record(z.string(), z.number()),
    board_type: z.string().nullable(),
    num_players: z.int().nullable(),
  })
  .meta({ id: "DriftCheck" });

export type DriftCheckView = z.output<typeof driftCheck>;

const tableRow = z.strictObject({ participant: z.string().min(1).max(256), board: z.string().min(1).max(256), numPlayers: z.int().min(2), rating: z.number() });

/** `target` names a peer whose ratings are last known, or, with `ratings`, what these are of. */
export const driftAct = z
  .strictObject({ target: z.string().min(1).max(300).optional(), ratings: z.array(tableRow).max(100_000).optional(), boardType: z.string().min(1).nullable().optional(), numPlayers: z.int().min(2).nullable().optional() })
  .refine(({ target, ratings }) => ratings === undefined || target !== undefined, { error: "ratings need a target, the name of whose they are", path: ["target"] })
  .meta({ id: "DriftAct" });

export type DriftAct = z.input<typeof driftAct>;
