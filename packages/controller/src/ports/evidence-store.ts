import type { EvidenceCell, FollowUp, JoinCounts, Label, Prediction, UnitTotals } from "@gauntlet/core";

/**
 * Keeps evidence, the raw predictions, labels and follow-ups that a check must join, and the totals of units that ratios are
 * clustered by.
 *
 * `fold` is one durable transaction and idempotent by (model, batchId): a batch that was folded before changes
 * nothing and gets the receipt it got then (I5). After a crash it is folded entirely or not at all.
 * Every method may fail with `store_unavailable`, and is then safe to call again.
 */
export interface EvidenceStore {
  /**
   * Reads what is stored about `requestIds` and `units`, calls `compute` once with it, and commits what it returns. `compute` must
   * be pure: a transaction that had to be tried again calls it again, with fresh records. What it throws is thrown.
   * Folds of one model are one after another, so no two of them see the same gap in the records.
   * @throws Failure `idempotency_mismatch` when the batch id was used with another digest.
   */
  fold(batch: FoldBatch, compute: (prior: PriorRecords) => FoldWrites): Promise<FoldReceipt>;
  /** Cells of one epoch, by time bucket; sorted by (bucketStart, metric, version, slot, mode); no empty ones. */
  cells(query: EvidenceQuery): Promise<readonly EvidenceCell[]>;
  /**
   * Of the follow-ups and labels with an instant in [from, to), at most `limit` of each: how many there are, and how many of them
   * met an outcome. Which ones, when there are more, is not said.
   */
  joins(query: JoinQuery): Promise<JoinCounts>;
  /**
   * Forgets raw predictions (not evidence) of outcomes older than `before`, with their labels and follow-ups, those older than
   * `before` that never met an outcome, totals of units in time buckets that had ended by then, and the ids of batches folded
   * before; returns how many records went. It works
   * in small transactions, between which others have their turn; one that was cut short is called again.
   */
  forget(model: string, before: number): Promise<number>;
}

export interface FoldBatch {
  readonly model: string;
  readonly batchId: string;
  /** SHA-256 of the batch as received. */
  readonly digest: string;
  /** When it is folded, by the caller's clock, milliseconds since the Unix epoch. Its id is kept from then on, until `forget`. */
  readonly at: number;
  /** The requests whose records `compute` must see; it may write predictions, labels and follow-ups of these only. */
  readonly requestIds: readonly string[];
  /**
   * Given when follow-ups or ratios are involved: the units of the batch's outcomes. Follow-ups of the requests are read then,
   * and the totals of these units and of those of the predictions found; only then may either be written. Left out: nothing
   * of theirs is looked up.
   */
  readonly units?: readonly UnitRef[];
}

/** A unit in all arms of one epoch. */
export interface UnitRef {
  readonly epoch: number;
  readonly unit: string;
}

export interface PriorRecords {
  readonly predictions: readonly Prediction[];
  /** Every revision, oldest first. */
  readonly labels: readonly Label[];
  readonly followUps: readonly FollowUp[];
  readonly units: readonly UnitTotals[];
}

export interface FoldWrites {
  /** Deltas to merge; several may have the same key. */
  readonly cells: readonly EvidenceCell[];
  /** One that is stored already (same request, version and mode) stays as it is. */
  readonly predictions: readonly Prediction[];
  /** One that is stored already (same request and revision) stays as it is. */
  readonly labels: readonly Label[];
  /** One that is stored already (same request and id) stays as it is. */
  readonly followUps?: readonly FollowUp[];
  /** Put in place of the row that is stored (same epoch, version, slot, mode, unit and bucket). */
  readonly units?: readonly UnitTotals[];
  /** What the caller is told; stored with the batch. JSON. */
  readonly answer: unknown;
}

export interface FoldReceipt {
  /** false: the batch had been folded before. */
  readonly folded: boolean;
  readonly answer: unknown;
}

export interface EvidenceQuery {
  readonly model: string;
  readonly epoch: number;
  /** Buckets whose start is in [from, to). */
  readonly from: number;
  readonly to: number;
  /** Of this metric alone. Left out: of all. */
  readonly metric?: string;
}

export interface JoinQuery {
  readonly model: string;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}
