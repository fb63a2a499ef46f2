import type { EvidenceCell, Label, Prediction, Statistic } from "@gauntlet/core";
import type { FoldBatch, FoldWrites } from "../../ports/evidence-store.ts";

export const MODEL = "mail/spam ✉";

export function batch(batchId: string, requestIds: readonly string[] = []): FoldBatch {
  return { model: MODEL, batchId, digest: `sha256 of ${batchId}`, at: 2_000, requestIds };
}

export function writes(some: Partial<FoldWrites>): FoldWrites {
  return { cells: [], predictions: [], labels: [], answer: null, ...some };
}

export function cell(some: Partial<EvidenceCell>): EvidenceCell {
  return { model: MODEL, epoch: 1, bucketStart: 0, metric: "scored", version: "1", slot: "champion", mode: "live", statistic: count(1), ...some };
}

export function count(n: number): Statistic {
  return { kind: "count", n };
}

export function prediction(requestId: string, some: Partial<Prediction> = {}): Prediction {
  return { requestId, model: MODEL, version: "1", slot: "champion", mode: "live", epoch: 1, at: 1_000, prediction: true, ...some };
}

export function label(requestId: string, revision: number, some: Partial<Label> = {}): Label {
  return { requestId, model: MODEL, revision, truth: true, source: "analyst", labelledAt: 2_000, ...some };
}
