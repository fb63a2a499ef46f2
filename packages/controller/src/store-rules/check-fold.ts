import { Failure } from "@gauntlet/core";
import type { FoldBatch, FoldWrites } from "../ports/evidence-store.ts";

/**
 * What every store checks before it writes a fold: all of it belongs to the batch's model, and raw records to the
 * requests that were looked up, without which nobody knows whether they are stored already.
 * @throws Failure `internal`
 */
export function checkFold(batch: FoldBatch, writes: FoldWrites): void {
  for (const rows of [writes.cells, writes.predictions, writes.labels]) {
    for (const row of rows) {
      if (row.model !== batch.model) throw new Failure("internal", `batch ${batch.batchId} of ${batch.model} would write evidence of ${row.model}`);
    }
  }
  const named = new Set(batch.requestIds);
  for (const { requestId } of [...writes.predictions, ...writes.labels]) {
    if (!named.has(requestId)) throw new Failure("internal", `batch ${batch.batchId} of ${batch.model} would write a record of request ${requestId}, which it did not name`);
  }
}

/** @throws Failure `idempotency_mismatch` when a batch id that was used is used again with other content. */
export function checkDigest(batch: FoldBatch, storedDigest: string): void {
  if (batch.digest === storedDigest) return;
  throw new Failure("idempotency_mismatch", `batch ${batch.batchId} of ${batch.model} was sent before with other content`, {
    fix: "send a batch again exactly as it was, or give the new one a new batch id",
  });
}
