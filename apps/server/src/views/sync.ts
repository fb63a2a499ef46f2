import type { DriftCheckView, DriftHistoryView, ReconcileReportView, SyncPeers, SyncRunView } from "@gauntlet/contract";
import type { CheckedDrift, DriftHistory, MatchLedger, ReconcileReport, Store, SyncRun } from "@gauntlet/controller";
import { configRoots, driftLastHour, driftPersists, driftTrend, isoTime, sameRoot, type DriftQuestion } from "@gauntlet/core";

import type { Config } from "../config/config.ts";
import { addressOf } from "../sync/open-peers.ts";

/** A run with the names that a reconciler's users know. */
export function syncRunView(run: SyncRun): SyncRunView {
  return {
    id: run.id,
    remote_host: run.peer,
    synced_at: isoTime(run.finishedAt),
    matches_added: run.matchesAdded,
    matches_skipped: run.matchesSkipped,
    matches_conflict: run.matchesConflict,
    matches_resolved: run.matchesResolved,
    participants_added: run.participantsAdded,
    error: run.error?.message ?? null,
    transport: run.transport,
    duration_ms: Math.max(0, run.finishedAt - run.startedAt),
    equal: run.equal,
    path: run.path,
    records_sent: run.recordsSent,
    records_received: run.recordsReceived,
    records_rejected: run.rejected,
    bytes_sent: run.bytesSent,
    bytes_received: run.bytesReceived,
    round_trips: run.roundTrips,
  };
}

/** Totals are over all runs, also those that ended with an error: what they took in stays. */
export function reconcileView({ startedAt, completedAt, runs, maxDrift, isSignificant }: ReconcileReport): ReconcileReportView {
  const total = (of: (run: SyncRun) => number): number => runs.reduce((sum, run) => sum + of(run), 0);
  const failed = runs.filter(({ error }) => error !== null).length;
  return {
    started_at: isoTime(startedAt),
    completed_at: isoTime(completedAt),
    nodes_synced: runs.length - failed,
    nodes_failed: failed,
    total_matches_added: total(({ matchesAdded }) => matchesAdded),
    total_matches_skipped: total(({ matchesSkipped }) => matchesSkipped),
    total_conflicts: total(({ matchesConflict }) => matchesConflict),
    total_resolved: total(({ matchesResolved }) => matchesResolved),
    drift_detected: isSignificant,
    max_drift: maxDrift,
    sync_results: runs.map(syncRunView),
  };
}

export async function syncPeersView(config: Pick<Config, "ratings">, store: Store, ledger: MatchLedger): Promise<SyncPeers> {
  const { peers } = config.ratings;
  const states = new Map((await store.sync.peers()).map((state) => [state.peer, state]));
  const names = [...new Set([...Object.keys(peers), ...states.keys()])].toSorted();
  const ours = configRoots(ledger.index(), null);
  return {
    node: ledger.node,
    peers: await Promise.all(
      names.map(async (name) => {
        const settings = peers[name];
        const state = states.get(name);
        const [last] = await store.sync.runs({ peer: name, limit: 1 });
        return {
          name,
          address: settings === undefined ? null : addressOf(settings),
          transport: settings?.kind ?? last?.transport ?? null,
          lastRun: last === undefined ? null : syncRunView(last),
          equalAt: state?.at ?? null,
          configs: state === undefined ? [] : [...new Set([...Object.keys(state.roots), ...ours.keys()])].toSorted().map((config) => pairOf(config, state.roots[config], ours.get(config))),
        };
      }),
    ),
  };
}

type RootOf = ReturnType<typeof configRoots> extends ReadonlyMap<string, infer R> ? R : never;

const NOTHING = { count: 0, digest: "0".repeat(32) };

function pairOf(config: string, theirs: RootOf | undefined, ours: RootOf | undefined) {
  return { config, theirs: theirs ?? NOTHING, ours: ours ?? NOTHING, equal: sameRoot(theirs, ours) };
}

export function driftHistoryView({ config, peer, snapshots }: DriftHistory, now: number): DriftHistoryView {
  return {
    config_key: config,
    peer,
    snapshots: snapshots.map(({ checkedAt, maxRatingDiff, avgRatingDiff, isSignificant, participants }) => ({ checked_at: isoTime(checkedAt), max_rating_diff: maxRatingDiff, avg_rating_diff: avgRatingDiff, is_significant: isSignificant, participants })),
    trend: driftTrend(snapshots),
    persistent: driftPersists(snapshots),
    avg_drift_last_hour: driftLastHour(snapshots, now),
  };
}

export function driftCheckView(source: string, drift: CheckedDrift, { checkedAt, question }: { readonly checkedAt: number; readonly question: DriftQuestion }): DriftCheckView {
  return {
    source,
    target: drift.target,
    checked_at: isoTime(checkedAt),
    participants_in_source: drift.participantsInSource,
    participants_in_target: drift.participantsInTarget,
    participants_in_both: drift.participantsInBoth,
    max_rating_diff: drift.maxRatingDiff,
    avg_rating_diff: drift.avgRatingDiff,
    is_significant: drift.isSignificant,
    rating_diffs: Object.fromEntries(drift.ratingDiffs),
    board_type: question.board,
    num_players: question.numPlayers,
  };
}
