import type { DriftAct, DriftCheckView, DriftHistoryView, ReconcileReportView, SyncPeers, SyncRunView } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, ChangeOptions, Connection } from "./connection.ts";
import { change, query, read } from "./read.ts";
import type { Sent } from "./sent.ts";

export interface Sync {
  peers(options?: CallOptions): Promise<SyncPeers>;
  /** Newest first. */
  runs(of?: { readonly peer?: string; readonly limit?: number }, options?: CallOptions): Promise<readonly SyncRunView[]>;
  /** With the peers that are named, or all of the configuration; answers when every session has ended, which may take minutes. */
  reconcile(peers?: readonly string[], options?: ChangeOptions): Promise<ReconcileReportView>;
  drift(options?: CallOptions): Promise<readonly DriftHistoryView[]>;
  /** With a peer as it is last known, or with a table; compares now, and keeps the result in the history. */
  checkDrift(call: Sent<DriftAct>, options?: ChangeOptions): Promise<DriftCheckView>;
}

const RECONCILE_MS = 600_000;

export function sync(server: Connection): Sync {
  return {
    peers: (options) => read(server, paths.syncPeers, options),
    runs: async (of = {}, options = {}) => (await read<{ readonly runs: readonly SyncRunView[] }>(server, paths.syncRuns + query({ ...of }), options)).runs,
    reconcile: (peers, options) => change(server, { path: paths.reconcile, body: peers === undefined ? {} : { peers }, options: { timeoutMs: RECONCILE_MS, ...options } }),
    drift: async (options) => (await read<{ readonly histories: readonly DriftHistoryView[] }>(server, paths.drift, options)).histories,
    checkDrift: (body, options) => change(server, { path: paths.drift, body, options }),
  };
}
