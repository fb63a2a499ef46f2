import type { DriftHistory, PeerState, SyncRun } from "../../ports/sync-store.ts";

/** What the memory store holds of reconciling. */
export interface SyncMemory {
  runs: readonly SyncRun[];
  readonly peers: Map<string, PeerState>;
  readonly drift: Map<string, DriftHistory>;
}

export function emptySync(): SyncMemory {
  return { runs: [], peers: new Map(), drift: new Map() };
}
