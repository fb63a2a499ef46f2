import { isEmptyStatistic, mergeStatistics } from "@gauntlet/core";
import type { EvidenceCell, JoinCounts, UnitTotals } from "@gauntlet/core";
import type { EvidenceQuery, EvidenceStore, FoldBatch, FoldReceipt, FoldWrites, JoinQuery, PriorRecords } from "../../ports/evidence-store.ts";
import { checkDigest, checkFold, unitsOf, unitText } from "../../store-rules/check-fold.ts";
import { compareCells } from "../../store-rules/order.ts";
import { keep } from "./memory.ts";
import type { Memory, ModelEvidence } from "./memory.ts";

export function memoryEvidence(memory: Memory): EvidenceStore {
  return {
    fold: async (batch, compute) => fold(evidenceOf(memory, batch.model), batch, compute),
    cells: async (query) => cells(evidenceOf(memory, query.model), query),
    joins: async (query) => joins(evidenceOf(memory, query.model), query),
    forget: async (model, before) => forget(evidenceOf(memory, model), before),
  };
}

function fold(evidence: ModelEvidence, batch: FoldBatch, compute: (prior: PriorRecords) => FoldWrites): FoldReceipt {
  const known = evidence.batches.get(batch.batchId);
  if (known !== undefined) {
    checkDigest(batch, known.digest);
    return { folded: false, answer: known.answer };
  }
  const requestIds = [...new Set(batch.requestIds)];
  const predictions = requestIds.flatMap((id) => [...(evidence.predictions.get(id)?.values() ?? [])]);
  const prior: PriorRecords = {
    predictions,
    labels: requestIds.flatMap((id) => [...(evidence.labels.get(id)?.values() ?? [])].toSorted((a, b) => a.revision - b.revision)),
    followUps: batch.units === undefined ? [] : requestIds.flatMap((id) => [...(evidence.followUps.get(id)?.values() ?? [])]),
    units: unitsOf(batch, predictions).flatMap((unit) => [...(evidence.units.get(unitText(unit))?.values() ?? [])]),
  };
  const writes = compute(prior);
  checkFold(batch, writes, prior);
  const answer = keep(writes.answer);
  // Everything that may throw comes before the first write: a fold is stored entirely or not at all.
  const merged = mergeCells(evidence, writes.cells);
  for (const [key, cell] of merged) evidence.cells.set(key, cell);
  for (const prediction of keep(writes.predictions)) putFirst(evidence.predictions, prediction, `${prediction.mode} ${prediction.version}`);
  for (const label of keep(writes.labels)) putFirst(evidence.labels, label, label.revision);
  for (const followUp of keep(writes.followUps ?? [])) putFirst(evidence.followUps, followUp, followUp.id);
  for (const totals of keep(writes.units ?? [])) putTotals(evidence, totals);
  evidence.batches.set(batch.batchId, { digest: batch.digest, answer, at: batch.at });
  return { folded: true, answer };
}

function mergeCells(evidence: ModelEvidence, deltas: readonly EvidenceCell[]): Map<string, EvidenceCell> {
  const merged = new Map<string, EvidenceCell>();
  for (const delta of deltas) {
    const key = JSON.stringify([delta.epoch, delta.bucketStart, delta.metric, delta.version, delta.slot, delta.mode]);
    const present = merged.get(key) ?? evidence.cells.get(key);
    merged.set(key, keep(present === undefined ? delta : { ...delta, statistic: mergeStatistics(present.statistic, delta.statistic) }));
  }
  return merged;
}

function putFirst<K, T extends { readonly requestId: string }>(rows: Map<string, Map<K, T>>, row: T, key: K): void {
  const ofRequest = rows.get(row.requestId) ?? new Map<K, T>();
  if (!ofRequest.has(key)) ofRequest.set(key, row);
  rows.set(row.requestId, ofRequest);
}

function putTotals(evidence: ModelEvidence, totals: UnitTotals): void {
  const rows = evidence.units.get(unitText(totals)) ?? new Map<string, UnitTotals>();
  rows.set(JSON.stringify([totals.version, totals.slot, totals.mode, totals.bucketStart]), totals);
  evidence.units.set(unitText(totals), rows);
}

function cells(evidence: ModelEvidence, query: EvidenceQuery): EvidenceCell[] {
  return [...evidence.cells.values()]
    .filter((cell) => cell.epoch === query.epoch && cell.bucketStart >= query.from && cell.bucketStart < query.to && (query.metric === undefined || cell.metric === query.metric) && !isEmptyStatistic(cell.statistic))
    .toSorted(compareCells);
}

function joins({ predictions, followUps, labels }: ModelEvidence, { from, to, limit }: JoinQuery): JoinCounts {
  const counted = (instants: readonly { readonly requestId: string; readonly at: number }[]) => {
    const some = instants.filter(({ at }) => at >= from && at < to).slice(0, limit);
    return { n: some.length, met: some.filter(({ requestId }) => predictions.has(requestId)).length };
  };
  return {
    followUps: counted([...followUps.values()].flatMap((ofRequest) => [...ofRequest.values()])),
    labels: counted([...labels.values()].flatMap((ofRequest) => [...ofRequest.values()].map(({ requestId, labelledAt }) => ({ requestId, at: labelledAt })))),
  };
}

function forget(evidence: ModelEvidence, before: number): number {
  const touched = new Set<string>();
  let forgotten = drop(evidence.predictions, ({ at, requestId }) => {
    if (at < before) touched.add(requestId);
    return at < before;
  });
  const alone = (requestId: string, at: number): boolean => !evidence.predictions.has(requestId) && (touched.has(requestId) || at < before);
  forgotten += drop(evidence.labels, ({ requestId, labelledAt }) => alone(requestId, labelledAt));
  forgotten += drop(evidence.followUps, ({ requestId, at }) => alone(requestId, at));
  forgotten += drop(evidence.units, ({ bucketEnd }) => bucketEnd <= before);
  for (const [batchId, { at }] of evidence.batches) {
    if (at >= before) continue;
    evidence.batches.delete(batchId);
    forgotten += 1;
  }
  return forgotten;
}

function drop<K, T>(groups: Map<string, Map<K, T>>, old: (row: T) => boolean): number {
  let dropped = 0;
  for (const [group, rows] of groups) {
    for (const [key, row] of rows) {
      if (old(row)) {
        rows.delete(key);
        dropped += 1;
      }
    }
    if (rows.size === 0) groups.delete(group);
  }
  return dropped;
}

function evidenceOf(memory: Memory, model: string): ModelEvidence {
  const present = memory.evidence.get(model);
  if (present !== undefined) return present;
  const fresh: ModelEvidence = { batches: new Map(), predictions: new Map(), labels: new Map(), cells: new Map(), followUps: new Map(), units: new Map() };
  memory.evidence.set(model, fresh);
  return fresh;
}
