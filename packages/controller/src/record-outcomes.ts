import { countedFrom, digestOf, Failure, foldBatch, hasRatios, type EpochRecord, type FoldContext, type FoldResult, type FollowUp, type Label, type Outcome, type Rejection } from "@gauntlet/core";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import type { UnitRef } from "./ports/evidence-store.ts";
import { unitText } from "./store-rules/check-fold.ts";

export interface OutcomeBatch {
  readonly model: string;
  /** Chosen by the sender; a batch that is sent again with the same id counts once (I5). */
  readonly batchId: string;
  readonly outcomes: readonly Outcome[];
  readonly labels: readonly Label[];
  readonly followUps?: readonly FollowUp[];
  /** What the edge that parsed the batch knows of it. Left out: every item of the batch is here, in its order. */
  readonly received?: ReceivedBatch;
}

export interface ReceivedBatch {
  /** SHA-256 of the batch as received: parsing depends on the clock, so a retry may parse to other items. */
  readonly digest: string;
  /** Items that were refused while parsing; they become part of the answer that a retry gets again. */
  readonly rejected: readonly Rejection[];
  /** Of each item that was parsed, outcomes first, then labels, then follow-ups: its place in the batch as received. */
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
  const { outcomes, labels, followUps = [] } = batch;
  const ratios = followUps.length > 0 || state.epochs.some((epoch) => hasRatios(epoch.metrics));
  const receipt = await controller.store.evidence.fold(
    {
      model: batch.model,
      batchId: batch.batchId,
      at: now,
      digest: batch.received?.digest ?? digestOf(followUps.length === 0 ? [outcomes, labels] : [outcomes, labels, followUps]),
      requestIds: requestIdsOf(batch, epochs),
      ...(ratios ? { units: unitsOf(outcomes, epochs) } : {}),
    },
    (prior) => {
      const folded = foldBatch({ outcomes, labels, followUps, prior, context: { model: batch.model, epochs } });
      const { cells, predictions, labels: kept, accepted, duplicates, rejected } = folded;
      const answer = { accepted, duplicates, rejected: withReceived(rejected, batch) };
      return { cells, predictions, labels: kept, followUps: folded.followUps, units: folded.units, answer };
    },
  );
  return receipt.answer as RecordAnswer;
}

function epochsAt(epochs: readonly EpochRecord[], now: number): FoldContext["epochs"] {
  return Object.fromEntries(epochs.map((epoch) => [epoch.epoch, epoch.retentionMs === undefined ? epoch : { ...epoch, countedFrom: countedFrom(now, epoch.retentionMs) }]));
}

/** Rejections under the places that the sender knows. */
function withReceived(rejected: readonly Rejection[], { outcomes, labels, received }: OutcomeBatch): readonly Rejection[] {
  if (received === undefined) return rejected;
  const before: Readonly<Record<Rejection["of"], number>> = { outcome: 0, label: outcomes.length, followUp: outcomes.length + labels.length };
  const folded = rejected.map((one) => ({ ...one, index: received.places[before[one.of] + one.index] ?? one.index }));
  return [...received.rejected, ...folded].toSorted((a, b) => a.index - b.index);
}

/** Only requests that a check joins with something are looked up; the others cost no read. */
function requestIdsOf({ outcomes, labels, followUps = [] }: OutcomeBatch, epochs: FoldContext["epochs"]): readonly string[] {
  const joined = outcomes.filter(({ epoch }) => epochs[epoch] !== undefined && (epochs[epoch].keepPredictions || hasRatios(epochs[epoch].metrics)));
  return [...new Set([...joined, ...labels, ...followUps].map(({ requestId }) => requestId))];
}

/** The units whose totals ratios change, each once. */
function unitsOf(outcomes: readonly Outcome[], epochs: FoldContext["epochs"]): readonly UnitRef[] {
  const units = new Map<string, UnitRef>();
  for (const { epoch, unit } of outcomes) {
    if (epochs[epoch] !== undefined && hasRatios(epochs[epoch].metrics)) units.set(unitText({ epoch, unit }), { epoch, unit });
  }
  return [...units.values()];
}
