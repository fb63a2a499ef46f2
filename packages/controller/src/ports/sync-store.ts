import type { DriftSnapshot, Root, TableRow } from "@gauntlet/core";

/**
 * What is kept of reconciling with other nodes: runs, the last that is known of each peer, and histories of drift. None
 * of it is needed to reconcile; losing it loses history. Every method may fail with `store_unavailable`.
 */
export interface SyncStore {
  /**
   * Keeps a run, and with it what it told of the peer, in one transaction. A run is kept once, by its id. The newest
   * `SYNC_RUNS_MAX` runs stay.
   */
  recordRun(run: SyncRun, peer: PeerState | null): Promise<void>;
  /** Newest first. */
  runs(query: { readonly peer: string | null; readonly limit: number }): Promise<readonly SyncRun[]>;
  /** Every peer that a run has told anything of, by name. */
  peers(): Promise<readonly PeerState[]>;
  /** Puts a snapshot at the end of a history; the last 100 of it stay. */
  recordDrift(of: { readonly config: string; readonly peer: string }, snapshot: DriftSnapshot): Promise<void>;
  /** Every history, by configuration and peer, its snapshots in the order in which they were recorded. */
  drift(): Promise<readonly DriftHistory[]>;
}

export const SYNC_RUNS_MAX = 1000;

/** One session with a peer, from beginning to end, whether it came off or not. */
export interface SyncRun {
  readonly id: string;
  /** The peer's name in the configuration, or its address. */
  readonly peer: string;
  readonly transport: "ssh" | "http";
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Whether both held the same in the end; null when it did not come to that. */
  readonly equal: boolean | null;
  /** How the difference was found; null when it did not come to that. */
  readonly path: "equal" | "vector" | "sketch" | "bulk" | null;
  readonly recordsSent: number;
  readonly recordsReceived: number;
  /** Records of the peer that were refused here. */
  readonly rejected: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly roundTrips: number;
  /** Of what came, as an import counts it. */
  readonly matchesAdded: number;
  readonly matchesSkipped: number;
  readonly matchesConflict: number;
  readonly matchesResolved: number;
  readonly participantsAdded: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What was known of a peer when a session with it last ended well. */
export interface PeerState {
  readonly peer: string;
  readonly at: number;
  /** By configuration. */
  readonly roots: Readonly<Record<string, Root>>;
  /** Its ratings then: those of this node, when both held the same. */
  readonly ratings: readonly TableRow[];
}

export interface DriftHistory {
  /** As `driftKey` gives it. */
  readonly config: string;
  /** The peer's name, or the file, that this node was compared with. */
  readonly peer: string;
  readonly snapshots: readonly DriftSnapshot[];
}
