import { Failure, recordOfMatch, type LedgerRecord } from "@gauntlet/core";
import { expect, test } from "vitest";

import type { MatchLedger } from "../matches/match-ledger.ts";
import { openMatchLedger } from "../matches/open-match-ledger.ts";
import type { Peer } from "../ports/peer.ts";
import { openMemoryStore } from "../testing/memory-store/open-memory-store.ts";
import { shelfPeer } from "../testing/shelf-peer.ts";
import { checkDrift } from "./check-drift.ts";
import { reconcilePeers } from "./reconcile-peers.ts";
import { sessionShelf } from "./session-shelf.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const records = (from: number, to: number, winner: 0 | 1 = 0): LedgerRecord[] =>
  Array.from({ length: to - from }, (_, i) => recordOfMatch({ id: `m-${from + i}`, players: ["a", "b"], places: winner === 0 ? [1, 2] : [2, 1], board: "hex8", numPlayers: 2, length: null, durationMs: null, at: NOW - 100_000 + from + i, origin: "n", tournament: null }));

async function node(held: readonly LedgerRecord[]) {
  const store = openMemoryStore();
  await store.matches.append(held);
  const ledger = await openMatchLedger({ store: store.matches, node: "n", strategy: "last_write_wins", clock: { now: () => NOW } });
  return { store: store.sync, ledger };
}

const peerOf = (name: string, ledger: MatchLedger): Peer => shelfPeer(name, sessionShelf({ ledger, sketchKey: [1, 2], now: () => NOW }));
const dead: Peer = { name: "dead", transport: "ssh", connect: async () => Promise.reject(new Failure("peer_unavailable", "dead: no route")) };
let ids = 0;
const settings = { parallel: 2, limit: () => new AbortController().signal, now: () => NOW, newId: () => `run-${ids++}` };

test("peers in parallel; one that is dead keeps no other out; runs and states are recorded", async () => {
  const east = await node(records(0, 20));
  const others = await Promise.all([records(10, 40), records(30, 50)].map(node));
  let [at, most] = [0, 0];
  const counted = (peer: Peer): Peer => ({
    ...peer,
    connect: async (signal) => {
      most = Math.max(most, ++at);
      const line = await peer.connect(signal);
      return { ...line, close: async () => void at-- };
    },
  });
  const peers = [counted(peerOf("west", others[0]!.ledger)), dead, counted(peerOf("north", others[1]!.ledger))];
  const told: string[] = [];
  const report = await reconcilePeers({ ...east, ...settings, peers, onRun: ({ peer }, done) => told.push(`${done} ${peer}`) });
  expect(report.runs.map(({ peer, equal, error }) => [peer, equal, error?.message ?? null])).toEqual([["west", true, null], ["dead", null, "dead: no route"], ["north", true, null]]);
  expect([told.length, most <= 2, east.ledger.revision, others[1]!.ledger.revision]).toEqual([3, true, 50, 50]);
  expect((await east.store.runs({ peer: null, limit: 9 })).map(({ peer }) => peer).toSorted()).toEqual(["dead", "north", "west"]);
  expect((await east.store.peers()).map(({ peer }) => peer)).toEqual(["north", "west"]);
  expect((await east.store.drift()).map(({ config, peer }) => [config, peer])).toEqual([["all_all", "north"], ["all_all", "west"]]);
});

test("drift is against what is last known of a peer; without anything known it is no number", async () => {
  const east = await node(records(0, 30));
  const west = await node(records(0, 30));
  const question = { board: null, numPlayers: null, by: "config" } as const;
  await expect(checkDrift({ ...east, now: NOW, target: null, theirs: null, question })).rejects.toMatchObject({ code: "not_found", message: expect.stringContaining("nothing to compare with") });
  expect((await reconcilePeers({ ...east, ...settings, peers: [dead] })).maxDrift).toBe(null);
  await reconcilePeers({ ...east, ...settings, peers: [peerOf("west", west.ledger)] });
  await east.ledger.add(records(100, 160, 1));
  const drift = await checkDrift({ ...east, now: NOW, target: null, theirs: null, question });
  expect(drift).toMatchObject({ target: "west", participantsInBoth: 2, isSignificant: true });
  await expect(checkDrift({ ...east, now: NOW, target: "nobody", theirs: null, question })).rejects.toMatchObject({ message: 'nothing is known of a peer "nobody"; known: west' });
  expect(await checkDrift({ ...east, now: NOW, target: "file.db", theirs: [{ participant: "a", board: "hex8", numPlayers: 2, rating: 0 }], question: { board: "hex8", numPlayers: 2, by: "participant" } })).toMatchObject({ target: "file.db", participantsInBoth: 1 });
  expect((await east.store.drift()).map(({ config, peer, snapshots }) => [config, peer, snapshots.map(({ isSignificant }) => isSignificant)])).toEqual([["all_all", "west", [false, true]], ["hex8_2", "file.db", [true]]]);
});
