import { countedFrom, digestOf, Failure, foldBatch, type EpochRecord, type FoldContext, type FoldResult, type Label, type Outcome, type Rejection } from "@gauntlet/core";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";

export interface OutcomeBatch {
  readonly model: string;
  /** Chosen by the sender; a batch that is sent again with the same id counts once (I5). */
  readonly batchId: string;
  readonly outcomes: readonly Outcome[];
  readonly labels: readonly Label[];
  /** What the edge that parsed the batch knows of it. Left out: every item of the batch is here, in its order. */
  readonly received?: ReceivedBatch;
}

export interface ReceivedBatch {
  /** SHA-256 of the batch as received: parsing depends on the clock, so a retry may parse to other items. */
  readonly digest: string;
  /** Items that were refused while parsing; they become part of the answer that a retry gets again. */
  readonly rejected: readonly Rejection[];
  /** Of each item that was parsed, outcomes first: its place in the batch as received. */
  readonly places: readonly number[];
}

export type RecordAnswer = Pick<FoldResult, "accepted" | "duplicates" | "rejected">;

/**
 * Folds what was observed into evidence, in one durable transaction. Items that can't be counted are named in the
 * answer and change nothing; the others are counted.
 * @throws Failure `not_found` when the model never had a rollout; `idempotency_mismatch`; `store_unavailable`.
 */
export async function recordOutcomes(controller: Pick<Controller, "store" | "clock">, batch: OutcomeBatch): Promise<RecordAnswer> {
  const state = await readState(controller, batch.model);
  if (state.rollout === null) {
    throw new Failure("not_found", `${batch.model} has no rollout, so there is nothing to count its outcomes for`, { fix: "start a rollout first, or correct the model's name" });
  }
  const now = controller.clock.now();
  const epochs = epochsAt(state.epochs, now);
  const { outcomes, labels } = batch;
  const receipt = await controller.store.evidence.fold(
    {
      model: batch.model,
      batchId: batch.batchId,
      at: now,
      digest: batch.received?.digest ?? digestOf([outcomes, labels]),
      requestIds: requestIdsOf(batch, epochs),
    },
    (prior) => {
      const { cells, predictions, labels: kept, accepted, duplicates, rejected } = foldBatch({ outcomes, labels, prior, context: { model: batch.model, epochs } });
      return { cells, predictions, labels: kept, answer: { accepted, duplicates, rejected: withReceived(rejected, batch) } };
    },
  );
  return receipt.answer as RecordAnswer;
}

function epochsAt(epochs: readonly EpochRecord[], now: number): FoldContext["epochs"] {
  return Object.fromEntries(epochs.map((epoch) => [epoch.epoch, epoch.retentionMs === undefined ? epoch : { ...epoch, countedFrom: countedFrom(now, epoch.retentionMs) }]));
}

/** Rejections under the places that the sender knows. */
function withReceived(rejected: readonly Rejection[], { outcomes, received }: OutcomeBatch): readonly Rejection[] {
  if (received === undefined) return rejected;
  const folded = rejected.map((one) => ({ ...one, index: received.places[one.of === "label" ? outcomes.length + one.index : one.index] ?? one.index }));
  return [...received.rejected, ...folded].toSorted((a, b) => a.index - b.index);
}

/** Only requests that a check joins with something are looked up; the others cost no read. */
function requestIdsOf(batch: OutcomeBatch, epochs: FoldContext["epochs"]): readonly string[] {
  const joined = batch.outcomes.filter((outcome) => epochs[outcome.epoch]?.keepPredictions).map((outcome) => outcome.requestId);
  return [...new Set([...joined, ...batch.labels.map((label) => label.requestId)])];
}
