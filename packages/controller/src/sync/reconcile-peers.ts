import { driftOf, type DriftQuestion, type Sha256 } from "@gauntlet/core";

import type { Peer } from "../ports/peer.ts";
import type { SyncRun, SyncStore } from "../ports/sync-store.ts";
import { ratingTable } from "./rating-table.ts";
import type { SyncLedger } from "./sync-ledger.ts";
import { syncWith, type SyncProgress } from "./sync-with.ts";

export interface ReconcileOptions {
  readonly ledger: SyncLedger;
  readonly store: SyncStore;
  readonly peers: readonly Peer[];
  /** Sessions at once. */
  readonly parallel: number;
  /** A limit for each run, made when it begins. */
  readonly limit: () => AbortSignal;
  readonly now: () => number;
  /** A faster SHA-256 than the core's own. */
  readonly hash?: Sha256;
  /** At most 60 characters, another one at every call. */
  readonly newId: () => string;
  /** Told when the run with a peer has ended. */
  readonly onRun?: (run: SyncRun, done: number) => void;
  /** Told after each message of a session. */
  readonly onProgress?: (peer: string, progress: SyncProgress) => void;
}

export interface ReconcileReport {
  readonly startedAt: number;
  readonly completedAt: number;
  /** In the order of the peers. */
  readonly runs: readonly SyncRun[];
  /** The largest difference of our ratings to those that are last known of any of these peers; null when none is known. */
  readonly maxDrift: number | null;
  readonly isSignificant: boolean;
}

const EACH_CONFIG: DriftQuestion = { board: null, numPlayers: null, by: "config" };

/**
 * A run with each peer, some of them at once, each recorded when it has ended. A peer that fails keeps no other out.
 * Where runs brought something after an earlier peer was done, that peer lacks it until the next time: drift says so.
 * @throws Failure only of the store that runs are recorded in
 */
export async function reconcilePeers({ ledger, store, peers, parallel, limit, now, hash, newId, onRun, onProgress }: ReconcileOptions): Promise<ReconcileReport> {
  const startedAt = now();
  const runs: SyncRun[] = [];
  const waiting = [...peers.entries()];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, peer] = next;
      const { run, peer: state } = await syncWith(ledger, peer, { runId: newId(), now, signal: limit(), scope: null, ...(hash === undefined ? {} : { hash }), ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress(peer.name, progress) }) });
      await store.recordRun(run, state);
      runs[place] = run;
      onRun?.(run, ++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, peers.length) }, work));
  const drift = await driftToPeers({ ledger, store, now }, new Set(peers.map(({ name }) => name)));
  return { startedAt, completedAt: now(), runs, ...drift };
}

/** How far our ratings are from each peer's last known ones, recorded. */
async function driftToPeers({ ledger, store, now }: Pick<ReconcileOptions, "ledger" | "store" | "now">, names: ReadonlySet<string>): Promise<Pick<ReconcileReport, "maxDrift" | "isSignificant">> {
  const ours = ratingTable(ledger);
  let maxDrift: number | null = null;
  let isSignificant = false;
  for (const { peer, ratings } of await store.peers()) {
    if (!names.has(peer)) continue;
    const drift = driftOf(ours, ratings, EACH_CONFIG);
    await store.recordDrift({ config: "all_all", peer }, { checkedAt: now(), maxRatingDiff: drift.maxRatingDiff, avgRatingDiff: drift.avgRatingDiff, isSignificant: drift.isSignificant, participants: drift.participantsInBoth });
    maxDrift = Math.max(maxDrift ?? 0, drift.maxRatingDiff);
    isSignificant ||= drift.isSignificant;
  }
  return { maxDrift, isSignificant };
}
