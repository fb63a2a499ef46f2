import type { ReconcileReportView } from "@gauntlet/contract";
import { ratingsDigest } from "@gauntlet/core";
import type { RunningServer } from "@gauntlet/server";

import type { NodeReport, SyncResult } from "./orders.ts";

type Ledger = Awaited<ReturnType<RunningServer["composition"]["matches"]>>;

/** What a ledger holds and says. */
export function reportOf(node: string, ledger: Ledger): NodeReport {
  const configs = ledger.configs();
  return {
    node,
    configs: configs.map(({ config, matches, conflicts, digest }) => ({ config, matches, conflicts, digest, ratings: ratingsDigest(ledger.fit(config)) })),
    elo: configs.flatMap(({ config, board, numPlayers }) => ledger.elo(config).map(({ participant, rating }) => ({ participant, board, numPlayers, rating }))),
  };
}

export function syncResults({ sync_results: runs }: ReconcileReportView): readonly SyncResult[] {
  return runs.map((run) => ({
    peer: run.remote_host,
    equal: run.equal,
    path: run.path,
    bytesSent: run.bytes_sent,
    bytesReceived: run.bytes_received,
    roundTrips: run.round_trips,
    recordsSent: run.records_sent,
    recordsReceived: run.records_received,
    resolved: run.matches_resolved,
    error: run.error,
  }));
}
