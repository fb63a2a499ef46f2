import { reconcilePeers, sessionShelf, type Peer, type ReconcileOptions, type ReconcileReport, type SessionShelf } from "@gauntlet/controller";
import { Failure, nearest } from "@gauntlet/core";
import { hash, randomInt, randomUUID } from "node:crypto";

import type { Composition } from "../compose.ts";
import type { Config } from "../config/config.ts";
import { openPeer } from "./open-peers.ts";

/** Told of runs that end, and of messages in between. */
export type ReconcileWatch = Pick<ReconcileOptions, "onRun" | "onProgress">;

/** What one process does about other nodes' ledgers. */
export interface NodeSync {
  /** Answers a message of a session that somebody else began; null when it needs no answer. */
  readonly receive: SessionShelf["receive"];
  /** Runs with peers of the configuration, or others. */
  reconcile(peers: readonly Peer[], watch?: ReconcileWatch): Promise<ReconcileReport>;
  /** Peers of the configuration by name; null: all. @throws Failure `not_found` */
  peers(names: readonly string[] | null): readonly Peer[];
  /** Ends runs that are under way, with an error; what came before it stays. */
  stop(): void;
}

type Parts = Pick<Composition, "store" | "controller" | "matches">;

export function nodeSync({ ratings }: Pick<Config, "ratings">, { store, controller, matches }: Parts): NodeSync {
  const { sync, peers } = ratings;
  const now = (): number => controller.clock.now();
  const stopping = new AbortController();
  let shelf: Promise<SessionShelf> | null = null;
  const openShelf = async (): Promise<SessionShelf> => sessionShelf({ ledger: await matches(), sketchKey: [word(), word()], now, hash: nativeHash });
  return {
    async receive(owner, message) {
      shelf ??= openShelf().catch((error: unknown) => {
        shelf = null;
        throw error;
      });
      return (await shelf).receive(owner, message);
    },
    reconcile: async (asked, watch = {}) =>
      reconcilePeers({ ledger: await matches(), store: store.sync, peers: asked, parallel: sync.parallel, limit: () => AbortSignal.any([stopping.signal, AbortSignal.timeout(sync.timeoutMs)]), now, hash: nativeHash, newId: randomUUID, ...watch }),
    peers: (names) => (names ?? Object.keys(peers)).map((name) => openPeer(name, peers[name] ?? unknownPeer(name, Object.keys(peers)), sync)),
    stop: () => stopping.abort(),
  };
}

function unknownPeer(name: string, known: readonly string[]): never {
  const meant = nearest(name, known);
  throw new Failure("not_found", `there is no peer "${name}" in the configuration`, { fix: meant === null ? `add it to ratings.peers of gauntlet.yaml${known.length === 0 ? "" : `; there are ${known.join(", ")}`}` : `did you mean "${meant}"?` });
}

function nativeHash(text: string): string {
  return hash("sha256", text, "hex");
}

function word(): number {
  return randomInt(2 ** 32);
}
