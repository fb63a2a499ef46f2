import { driftKey, driftOf, Failure, type Drift, type DriftQuestion, type TableRow } from "@gauntlet/core";

import type { SyncStore } from "../ports/sync-store.ts";
import { ratingTable } from "./rating-table.ts";
import type { SyncLedger } from "./sync-ledger.ts";

export interface DriftRequest {
  readonly ledger: Pick<SyncLedger, "configs" | "elo">;
  readonly store: SyncStore;
  readonly now: number;
  /** Whose ratings `theirs` are; without them, a peer's name; null: the peer that was heard of last. */
  readonly target: string | null;
  /** Null: what is last known of the peer. */
  readonly theirs: readonly TableRow[] | null;
  readonly question: DriftQuestion;
}

export interface CheckedDrift extends Drift {
  readonly target: string;
}

/**
 * How far this node's ratings are from another's, put into the history.
 * @throws Failure `not_found` when there is nothing to compare with: no comparison is not the same as no drift
 */
export async function checkDrift({ ledger, store, now, target, theirs, question }: DriftRequest): Promise<CheckedDrift> {
  const other = theirs === null || target === null ? await lastKnown(store, target) : { peer: target, ratings: theirs };
  const drift = driftOf(ratingTable(ledger), other.ratings, question);
  const { maxRatingDiff, avgRatingDiff, isSignificant, participantsInBoth } = drift;
  await store.recordDrift({ config: driftKey(question.board, question.numPlayers), peer: other.peer }, { checkedAt: now, maxRatingDiff, avgRatingDiff, isSignificant, participants: participantsInBoth });
  return { ...drift, target: other.peer };
}

async function lastKnown(store: SyncStore, name: string | null): Promise<{ readonly peer: string; readonly ratings: readonly TableRow[] }> {
  const peers = await store.peers();
  const known = name === null ? peers.toSorted((a, b) => b.at - a.at)[0] : peers.find(({ peer }) => peer === name);
  if (known !== undefined) return known;
  const fix = "name a database with --remote-db, or reconcile with a peer first";
  throw name === null
    ? new Failure("not_found", "there is nothing to compare with: no database is named, and no session with a peer has ended well yet", { fix })
    : new Failure("not_found", `nothing is known of a peer "${name}"${peers.length === 0 ? "" : `; known: ${peers.map(({ peer }) => peer).join(", ")}`}`, { fix });
}
