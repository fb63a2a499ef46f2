import type { DriftSnapshot } from "@gauntlet/core";
import { expect } from "vitest";
import { SYNC_RUNS_MAX, type PeerState, type SyncRun } from "../../ports/sync-store.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";

const run = (n: number, more: Partial<SyncRun> = {}): SyncRun => ({
  id: `run-${n}`, peer: "east", transport: "ssh", startedAt: 1000 + n, finishedAt: 2000 + n, equal: true, path: "sketch", recordsSent: 1, recordsReceived: 2, rejected: 0, bytesSent: 300, bytesReceived: 400, roundTrips: 2,
  matchesAdded: 2, matchesSkipped: 0, matchesConflict: 0, matchesResolved: 0, participantsAdded: 1, error: null, ...more,
});
const failed = run(9, { peer: "west", transport: "http", equal: null, path: null, error: { code: "peer_unavailable", message: "west does not answer: “no route”" } });
const peer = (at: number, rating: number): PeerState => ({ peer: "east", at, roots: { square8_2p: { count: 3, digest: "0a".repeat(16) } }, ratings: [{ participant: "depth-1", board: "square8", numPlayers: 2, rating }] });
const snapshot = (checkedAt: number, more: Partial<DriftSnapshot> = {}): DriftSnapshot => ({ checkedAt, maxRatingDiff: checkedAt / 8, avgRatingDiff: 0.1, isSignificant: false, participants: 2, ...more });

export const syncChecks: Readonly<Record<string, StoreCheck>> = {
  "runs come newest first, of one peer or of all; what was told of the peer with them": async (harness) => {
    const { sync } = harness.store;
    expect([await sync.runs({ peer: null, limit: 10 }), await sync.peers(), await sync.drift()]).toEqual([[], [], []]);
    await sync.recordRun(run(1), peer(2001, 1512.25));
    await sync.recordRun(failed, null);
    await sync.recordRun(run(3), peer(2003, 1513 + 1 / 3));
    const { sync: again } = await harness.reopen();
    expect(await again.runs({ peer: null, limit: 10 })).toEqual([run(3), failed, run(1)]);
    expect(await again.runs({ peer: "east", limit: 1 })).toEqual([run(3)]);
    expect(await again.peers()).toEqual([peer(2003, 1513 + 1 / 3)]);
  },
  "a run is kept once, by its id": async (harness) => {
    const [one, other] = await twoStores(harness);
    await one.sync.recordRun(run(1), peer(2001, 1500));
    await other.sync.recordRun(run(1, { matchesAdded: 77 }), peer(9999, 1));
    expect(await one.sync.runs({ peer: null, limit: 10 })).toEqual([run(1)]);
    expect(await other.sync.peers()).toEqual([peer(2001, 1500)]);
  },
  "the newest runs stay": async ({ store: { sync } }) => {
    for (let n = 0; n < SYNC_RUNS_MAX + 5; n++) await sync.recordRun(run(n), null);
    const runs = await sync.runs({ peer: null, limit: 2 * SYNC_RUNS_MAX });
    expect([runs.length, runs[0]?.id, runs.at(-1)?.id]).toEqual([SYNC_RUNS_MAX, `run-${SYNC_RUNS_MAX + 4}`, "run-5"]);
  },
  "a history of drift keeps its last hundred; others are not touched by it": async (harness) => {
    const { sync } = harness.store;
    await sync.recordDrift({ config: "all_all", peer: "west" }, snapshot(1, { isSignificant: true }));
    for (let n = 0; n < 103; n++) await sync.recordDrift({ config: "hex8_2", peer: "east" }, snapshot(n));
    await sync.recordDrift({ config: "all_all", peer: "east" }, snapshot(7));
    const histories = await (await harness.reopen()).sync.drift();
    expect(histories.map(({ config, peer: of, snapshots }) => [config, of, snapshots.length])).toEqual([["all_all", "east", 1], ["all_all", "west", 1], ["hex8_2", "east", 100]]);
    expect(histories[2]?.snapshots.map(({ checkedAt }) => checkedAt)).toEqual(Array.from({ length: 100 }, (_, n) => n + 3));
    expect(histories[1]?.snapshots).toEqual([snapshot(1, { isSignificant: true })]);
  },
};
