import type { TableRow } from "@gauntlet/core";

import type { PlannedGame } from "../matches/planned-game.ts";

/** How a node's software reads the artifacts of versions: as they are, or as the faulty release does. */
export type Release = "sound" | "faulty";

/** Another node, as one knows it. */
export interface PeerAddress {
  readonly name: string;
  readonly url: string;
  readonly token: string;
}

/** What a node is told, one after another; each is answered. */
export type Order =
  /** Makes its data directory and a token for others. */
  | { readonly kind: "prepare"; readonly name: string; readonly dataDir: string }
  /** Opens its ledger and listens. */
  | { readonly kind: "open"; readonly peers: readonly PeerAddress[]; readonly at: number }
  | { readonly kind: "load"; readonly participant: string; readonly artifact: string; readonly release: Release }
  /** Later it is nowhere; a node whose clock is behind refuses what comes from its future. */
  | { readonly kind: "clock"; readonly at: number }
  /** The first game ends at `at`, the others a second apart. */
  | { readonly kind: "play"; readonly games: readonly PlannedGame[]; readonly at: number }
  /** Makes its ledger and those of these peers equal, as far as they can be reached. */
  | { readonly kind: "reconcile"; readonly peers: readonly string[] }
  | { readonly kind: "tell" }
  | { readonly kind: "end" };

/** The answers, by the kind of the order. */
interface Answers {
  /** The token is for peers and for who directs the node. */
  readonly prepare: { readonly token: string };
  readonly open: { readonly port: number };
  readonly load: null;
  readonly clock: null;
  readonly play: { readonly recorded: number };
  readonly reconcile: readonly SyncResult[];
  readonly tell: NodeReport;
  readonly end: null;
}

export type Answer<O extends Order> = Answers[O["kind"]];

/** One session with one peer. */
export interface SyncResult {
  readonly peer: string;
  readonly equal: boolean | null;
  readonly path: string | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly roundTrips: number;
  readonly recordsSent: number;
  readonly recordsReceived: number;
  readonly resolved: number;
  readonly error: string | null;
}

/** What a node says of itself. */
export interface NodeReport {
  readonly node: string;
  /** By name of the configuration: board and seats. */
  readonly configs: readonly ConfigReport[];
  /** The service's Elo, which is what drift is measured in. */
  readonly elo: readonly TableRow[];
}

interface ConfigReport {
  readonly config: string;
  readonly matches: number;
  readonly conflicts: number;
  /** Of all records: equal ledgers, equal digests. */
  readonly digest: string;
  /** Of the ratings, bit by bit. */
  readonly ratings: string;
}
