import { beginSession, configRoots, Failure, type Message, type Scope, type SessionOutcome, type Sha256 } from "@gauntlet/core";

import { asFailure } from "../as-failure.ts";
import type { Peer, PeerLine } from "../ports/peer.ts";
import type { PeerState, SyncRun } from "../ports/sync-store.ts";
import type { SyncLedger } from "./sync-ledger.ts";
import { ratingTable } from "./rating-table.ts";
import { takeRecords } from "./take-records.ts";

export interface SyncOptions {
  /** At most 60 characters, another one for every run. */
  readonly runId: string;
  readonly now: () => number;
  /** Ends the run with an error: a time limit for all of it, or somebody who stops it. */
  readonly signal: AbortSignal;
  /** Configurations; null: all. */
  readonly scope: Scope;
  /** A faster SHA-256 than the core's own. */
  readonly hash?: Sha256;
  /** Told after each message. */
  readonly onProgress?: (progress: SyncProgress) => void;
}

export type SyncProgress = Pick<SyncRun, "recordsSent" | "recordsReceived">;

export interface SyncEnd {
  readonly run: SyncRun;
  /** What is known of the peer now; null unless both hold the same. */
  readonly peer: PeerState | null;
}

type Tally = { -readonly [K in keyof SyncRun]: SyncRun[K] };

/** Sessions that one run may take: one that was cut, or during which a ledger grew, is begun again and goes on with what came. */
const SESSIONS_MAX = 3;

/**
 * Makes this ledger and a peer's equal. Every record that comes is durable before it counts and before anything is
 * answered, so that a run may end anywhere. It never throws: what went wrong is in the run, with what came before it.
 */
export async function syncWith(ledger: SyncLedger, peer: Peer, options: SyncOptions): Promise<SyncEnd> {
  const tally = newTally(peer, options);
  const before = participants(ledger);
  try {
    await ledger.refresh();
    for (let session = 1; ; session++) {
      const answered = tally.roundTrips;
      try {
        const outcome = await oneSession({ ledger, peer, options, tally }, `${options.runId}.${session}`);
        tally.equal = outcome.equal;
        tally.path = outcome.path;
        tally.rejected = outcome.rejectedCount;
        if (outcome.equal || outcome.rejectedCount > 0 || session === SESSIONS_MAX) break;
      } catch (error) {
        // A peer that never answered is not asked again, nor one that says what can't be.
        const { code } = asFailure(error);
        const wasCut = (code === "peer_unavailable" || code === "conflict") && tally.roundTrips > answered && !options.signal.aborted;
        if (!wasCut || session === SESSIONS_MAX) throw error;
      }
    }
  } catch (error) {
    const { code, message } = asFailure(error);
    tally.equal = null;
    tally.error = { code, message };
  }
  tally.participantsAdded = Math.max(0, participants(ledger) - before);
  tally.finishedAt = options.now();
  return { run: { ...tally }, peer: tally.equal === true && options.scope === null ? peerState(ledger, peer, tally.finishedAt) : null };
}

interface Running {
  readonly ledger: SyncLedger;
  readonly peer: Peer;
  readonly options: SyncOptions;
  readonly tally: Tally;
}

async function oneSession(running: Running, session: string): Promise<SessionOutcome> {
  const { peer, options, tally } = running;
  if (options.signal.aborted) throw new Failure("peer_unavailable", `${peer.name}: the time for it is over`, { fix: "allow more time, or try again when there is less to do" });
  const [sent, received] = [tally.bytesSent, tally.bytesReceived];
  const line = await peer.connect(options.signal);
  try {
    return await talk(running, line, session);
  } finally {
    const bytes = line.bytes();
    tally.bytesSent = sent + bytes.sent;
    tally.bytesReceived = received + bytes.received;
    await line.close();
  }
}

async function talk({ ledger, options, tally }: Running, line: PeerLine, session: string): Promise<SessionOutcome> {
  const index = ledger.index();
  const initiator = beginSession({ index, now: options.now(), session, scope: options.scope, ...(options.hash === undefined ? {} : { hash: options.hash }) });
  for (let message = initiator.first; ; ) {
    const answer = await line.exchange(message);
    countSent(tally, message);
    tally.roundTrips++;
    const heard = initiator.receive(answer);
    tally.recordsReceived += recordsIn(answer);
    const counters = await takeRecords(ledger, heard.records);
    tally.matchesAdded += counters.added;
    tally.matchesSkipped += counters.skipped;
    tally.matchesConflict += counters.conflicts;
    tally.matchesResolved += counters.resolved;
    options.onProgress?.(tally);
    const { send, outcome } = heard.proceed();
    if (outcome !== null) {
      if (send !== null) await line.tell(send);
      return outcome;
    }
    // The line is this session's alone.
    if (send === null) throw new Failure("invalid_input", "the peer answers with a message of another session, or with one that came before", { fix: "begin again; check the peer if it stays so" });
    message = send;
  }
}

function countSent(tally: Tally, message: Message): void {
  if (message.kind === "part") tally.recordsSent += message.records.length;
}

function recordsIn(message: unknown): number {
  const { records } = message as { readonly records?: readonly unknown[] };
  return records?.length ?? 0;
}

function participants(ledger: SyncLedger): number {
  return ledger.configs().reduce((sum, config) => sum + config.participants, 0);
}

function peerState(ledger: SyncLedger, peer: Peer, at: number): PeerState {
  return { peer: peer.name, at, roots: Object.fromEntries(configRoots(ledger.index(), null)), ratings: ratingTable(ledger) };
}

function newTally(peer: Peer, options: SyncOptions): Tally {
  const startedAt = options.now();
  return {
    id: options.runId, peer: peer.name, transport: peer.transport, startedAt, finishedAt: startedAt, equal: null, path: null, recordsSent: 0, recordsReceived: 0, rejected: 0, bytesSent: 0, bytesReceived: 0, roundTrips: 0,
    matchesAdded: 0, matchesSkipped: 0, matchesConflict: 0, matchesResolved: 0, participantsAdded: 0, error: null,
  };
}
