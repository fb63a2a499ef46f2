import { withSnapshot, type DriftSnapshot } from "@gauntlet/core";
import { SYNC_RUNS_MAX, type SyncStore } from "../../ports/sync-store.ts";
import { compareText } from "../../store-rules/order.ts";
import { keep } from "./memory.ts";
import type { Memory } from "./memory.ts";

export function memorySync({ sync: memory }: Memory): SyncStore {
  return {
    recordRun: async (run, peer) => {
      if (memory.runs.some(({ id }) => id === run.id)) return;
      memory.runs = [...memory.runs, keep(run)].slice(-SYNC_RUNS_MAX);
      if (peer !== null) memory.peers.set(peer.peer, keep(peer));
    },
    runs: async ({ peer, limit }) => memory.runs.filter((run) => peer === null || run.peer === peer).toReversed().slice(0, limit),
    peers: async () => [...memory.peers.values()].toSorted((a, b) => compareText(a.peer, b.peer)),
    recordDrift: async ({ config, peer }, snapshot: DriftSnapshot) => {
      const key = JSON.stringify([config, peer]);
      memory.drift.set(key, keep({ config, peer, snapshots: withSnapshot(memory.drift.get(key)?.snapshots ?? [], snapshot) }));
    },
    drift: async () => [...memory.drift.values()].toSorted((a, b) => compareText(a.config, b.config) || compareText(a.peer, b.peer)),
  };
}
