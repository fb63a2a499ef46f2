import { asFailure, type LeaseStore, type Peer, type SyncRun } from "@gauntlet/controller";

import type { Composition } from "../compose.ts";
import type { Config } from "../config/config.ts";
import type { Log } from "../log.ts";
import type { NodeSync } from "../sync/node-sync.ts";

/** Reconciles with each configured peer when it is due, whichever process finds that first. */
export interface ReconcileLoop {
  /** Looks whom it is time for, and reconciles with them; null when another process does. */
  round(): Promise<readonly SyncRun[] | null>;
  /** Looks again and again, until `stop`; does nothing without `ratings.reconcileEveryMs`. */
  start(): void;
  /** Waits for the round that runs. */
  stop(): Promise<void>;
}

interface LoopParts {
  readonly config: Pick<Config, "ratings">;
  readonly composition: Pick<Composition, "store" | "controller">;
  readonly sync: NodeSync;
  readonly log: Log;
}

const LEASE = "reconcile";
const LOOK_EVERY_MS = 15_000;

/** When a peer's turn is stands in the store, as its last run: nothing is forgotten or done twice when a process ends. */
export function reconcileLoop({ config, composition, sync, log }: LoopParts): ReconcileLoop {
  const { reconcileEveryMs, sync: limits } = config.ratings;
  const { store, controller } = composition;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<unknown> = Promise.resolve();
  let stopped = false;

  async function duePeers(everyMs: number): Promise<readonly Peer[]> {
    const now = controller.clock.now();
    const due: Peer[] = [];
    for (const peer of sync.peers(null)) {
      const [last] = await store.sync.runs({ peer: peer.name, limit: 1 });
      if (last === undefined || now - last.startedAt >= everyMs) due.push(peer);
    }
    return due;
  }

  async function round(): Promise<readonly SyncRun[] | null> {
    if (reconcileEveryMs === undefined) return [];
    const lease = await acquire(store.leases);
    if (lease === null) return null;
    try {
      const due = await duePeers(reconcileEveryMs);
      if (due.length === 0) return [];
      const { runs } = await sync.reconcile(due);
      for (const { peer, error } of runs) if (error !== null) log({ level: "warn", message: `reconciling with ${peer} failed: ${error.message}`, fields: { code: error.code } });
      return runs;
    } finally {
      await store.leases.release(lease);
    }
  }

  /** For as long as all runs may take, one after another; a process that dies gives way then. */
  function acquire(leases: LeaseStore): ReturnType<LeaseStore["acquire"]> {
    const ttlMs = limits.timeoutMs * Math.max(1, Math.ceil(Object.keys(config.ratings.peers).length / limits.parallel)) + LOOK_EVERY_MS;
    return leases.acquire({ name: LEASE, holder: controller.holder, now: controller.clock.now(), ttlMs });
  }

  function look(): void {
    running = round()
      .catch((error: unknown) => log({ level: "error", message: `reconciling: ${asFailure(error).message}` }))
      .finally(() => {
        if (!stopped) timer = setTimeout(look, Math.min(LOOK_EVERY_MS, reconcileEveryMs ?? LOOK_EVERY_MS));
      });
  }

  return {
    round,
    start() {
      if (reconcileEveryMs !== undefined && Object.keys(config.ratings.peers).length > 0) look();
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
