import { Failure, type Prediction } from "@gauntlet/core";
import type { FoldBatch, FoldWrites, PriorRecords, UnitRef } from "../ports/evidence-store.ts";

/**
 * What every store checks before it writes a fold: all of it belongs to the batch's model, and raw records to the
 * requests and units that were looked up, without which nobody knows whether they are stored already.
 * @throws Failure `internal`
 */
export function checkFold(batch: FoldBatch, writes: FoldWrites, prior: PriorRecords): void {
  const { followUps = [], units = [] } = writes;
  for (const rows of [writes.cells, writes.predictions, writes.labels, followUps, units]) {
    for (const row of rows) {
      if (row.model !== batch.model) throw new Failure("internal", `batch ${batch.batchId} of ${batch.model} would write evidence of ${row.model}`);
    }
  }
  const named = new Set(batch.requestIds);
  for (const { requestId } of [...writes.predictions, ...writes.labels, ...followUps]) {
    if (!named.has(requestId)) throw new Failure("internal", `batch ${batch.batchId} of ${batch.model} would write a record of request ${requestId}, which it did not name`);
  }
  if (followUps.length + units.length > 0) checkUnits(batch, units, prior);
}

function checkUnits(batch: FoldBatch, units: readonly UnitRef[], prior: PriorRecords): void {
  if (batch.units === undefined) throw new Failure("internal", `batch ${batch.batchId} of ${batch.model} would write follow-ups or totals of units, and did not say so`);
  const read = new Set(unitsOf(batch, prior.predictions).map(unitText));
  const unread = units.find((unit) => !read.has(unitText(unit)));
  if (unread !== undefined) throw new Failure("internal", `batch ${batch.batchId} of ${batch.model} would write totals of unit ${unread.unit} in epoch ${unread.epoch}, which it did not name`);
}

/** The units whose totals a fold sees, each once: those it names, and those of the predictions it finds. None when it names none. */
export function unitsOf({ units }: FoldBatch, predictions: readonly Prediction[]): readonly UnitRef[] {
  if (units === undefined) return [];
  const found = new Map<string, UnitRef>(units.map(({ epoch, unit }) => [unitText({ epoch, unit }), { epoch, unit }]));
  for (const { epoch, forRatios } of predictions) {
    if (forRatios !== undefined) found.set(unitText({ epoch, unit: forRatios.unit }), { epoch, unit: forRatios.unit });
  }
  return [...found.values()];
}

/** What names a unit within its model. */
export function unitText({ epoch, unit }: UnitRef): string {
  return `${epoch} ${unit}`;
}

/** @throws Failure `idempotency_mismatch` when a batch id that was used is used again with other content. */
export function checkDigest(batch: FoldBatch, storedDigest: string): void {
  if (batch.digest === storedDigest) return;
  throw new Failure("idempotency_mismatch", `batch ${batch.batchId} of ${batch.model} was sent before with other content`, {
    fix: "send a batch again exactly as it was, or give the new one a new batch id",
  });
}
