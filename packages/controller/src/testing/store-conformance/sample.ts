import type { EvidenceCell, FollowUp, Label, Prediction, Statistic, UnitTotals } from "@gauntlet/core";
import { expect } from "vitest";
import type { FoldBatch, FoldWrites, PriorRecords, UnitRef } from "../../ports/evidence-store.ts";
import type { Store } from "../../ports/store.ts";

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

export function followUp(requestId: string, id: string, some: Partial<FollowUp> = {}): FollowUp {
  return { id, requestId, model: MODEL, at: 2_000, metrics: { accepted: 1 }, ...some };
}

export function totals(unit: string, some: Partial<UnitTotals> = {}): UnitTotals {
  return { model: MODEL, epoch: 1, version: "1", slot: "champion", mode: "live", unit, bucketStart: 0, bucketEnd: 60_000, requests: 1, sums: { acceptance: [1000, 1000] }, ...some };
}

/** What a fold of the given requests, and units, would see. */
export async function priorOf(store: Store, requestIds: readonly string[], units?: readonly UnitRef[]): Promise<PriorRecords> {
  const seen: PriorRecords[] = [];
  const probe = store.evidence.fold({ ...batch("probe", requestIds), ...(units === undefined ? {} : { units }) }, (prior) => {
    seen.push(prior);
    throw new Error("only looking");
  });
  await expect(probe).rejects.toThrow("only looking");
  return seen[0] as PriorRecords;
}
