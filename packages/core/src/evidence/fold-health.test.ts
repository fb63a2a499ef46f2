import fc from "fast-check";
import { expect, test } from "vitest";

import type { FollowUp, Label, Outcome, Prediction } from "../outcome/outcome.ts";
import type { EvidenceCell, RatioMetric } from "./evidence.ts";
import { foldBatch } from "./fold-batch.ts";
import type { EpochContext, FoldContext } from "./fold-context.ts";
import { parseRatio } from "./parse-ratio.ts";
import type { UnitTotals } from "./unit-totals.ts";

const EPOCH: EpochContext = { championVersion: "1", challengerVersion: "2", bucketMs: 1000, keepPredictions: true, metrics: { edits: parseRatio("edits / generated", { once: false }) as RatioMetric }, health: { lagMaxMs: 5000 } };
const { health: _health, ...silent } = EPOCH;
const CONTEXT: FoldContext = { model: "planner", epochs: { 3: EPOCH, 4: silent } };

const outcome = (more: Partial<Outcome> = {}): Outcome => ({ requestId: "p1", at: 5400, model: "planner", version: "1", slot: "champion", mode: "live", epoch: 3, unit: "u", prediction: true, metrics: { generated: 1 }, ...more });
const challengers = (more: Partial<Outcome> = {}): Outcome => outcome({ version: "2", slot: "challenger", ...more });
const followUp = (more: Partial<FollowUp> = {}): FollowUp => ({ id: "e1", requestId: "p1", model: "planner", at: 6000, metrics: { edits: 1 }, ...more });
const label = (more: Partial<Label> = {}): Label => ({ requestId: "p1", model: "planner", revision: 1, truth: true, source: "people", labelledAt: 7000, ...more });

type Sent = Outcome | FollowUp | Label;

/** Folds batches one after another, as a store does; what the health of evidence is made of, summed. */
function foldAll(batches: readonly (readonly Sent[])[]): readonly string[] {
  const kept: { predictions: Prediction[]; labels: Label[]; followUps: FollowUp[] } = { predictions: [], labels: [], followUps: [] };
  const rows = new Map<string, UnitTotals>();
  const counts = new Map<string, number>();
  for (const records of batches) {
    const of = <T extends { requestId: string }>(known: readonly T[]) => known.filter(({ requestId }) => records.some((record) => record.requestId === requestId));
    const prior = { predictions: of(kept.predictions), labels: of(kept.labels), followUps: of(kept.followUps), units: [...rows.values()] };
    const folded = foldBatch({
      outcomes: records.filter((record) => "slot" in record),
      labels: records.filter((record) => "revision" in record),
      followUps: records.filter((record) => "id" in record),
      prior,
      context: CONTEXT,
    });
    expect(folded.rejected).toEqual([]);
    kept.predictions.push(...folded.predictions);
    kept.labels.push(...folded.labels);
    kept.followUps.push(...folded.followUps);
    for (const row of folded.units) rows.set(JSON.stringify([row.epoch, row.version, row.slot, row.mode, row.unit, row.bucketStart]), row);
    for (const cell of folded.cells) add(counts, cell);
  }
  return [...counts].filter(([, n]) => n !== 0).map(([key, n]) => `${key}: ${n}`).toSorted();
}

function add(counts: Map<string, number>, { metric, slot, epoch, bucketStart, statistic }: EvidenceCell): void {
  if (statistic.kind !== "count" || !["crossed_units", "joined_records", "late_records"].includes(metric)) return;
  const key = `${metric} ${epoch} ${slot} ${bucketStart}`;
  counts.set(key, (counts.get(key) ?? 0) + statistic.n);
}

test("a unit that two slots served crosses once, in the bucket in which the later one by name served it first", () => {
  const requests = [challengers(), outcome({ requestId: "p2" }), outcome({ requestId: "p3", at: 2100 }), outcome({ requestId: "p4", unit: "v" }), challengers({ requestId: "p5", unit: "w", mode: "shadow" }), outcome({ requestId: "p6", unit: "w" })];
  expect(foldAll([requests])).toEqual(["crossed_units 3 champion 2000: 1"]);
  expect(foldAll(requests.map((request) => [request]))).toEqual(foldAll([requests]));
});

test("the same unit in two epochs crosses nothing, and an epoch without health counts nothing", () => {
  expect(foldAll([[outcome(), challengers({ requestId: "p2", epoch: 4 }), outcome({ requestId: "p3", epoch: 4 }), followUp({ requestId: "p2" })]])).toEqual([]);
});

test("what follows an outcome is joined to it, whichever comes first; a corrected label once; what meets none, not", () => {
  const records = [followUp(), label({ revision: 2, labelledAt: 30_000 }), label(), outcome(), followUp({ id: "e2", at: 11_000 }), followUp({ requestId: "nobody" })];
  expect(foldAll([records])).toEqual(["joined_records 3 champion 5000: 3", "late_records 3 champion 5000: 1"]);
  expect(foldAll(records.map((record) => [record]))).toEqual(foldAll([records]));
});

const anyRecord: fc.Arbitrary<Sent> = fc.oneof(
  fc.record({ request: fc.integer({ min: 0, max: 5 }), challenger: fc.boolean(), shadow: fc.boolean(), epoch: fc.constantFrom(3, 4) }).map(({ request, challenger, shadow, epoch }) =>
    (challenger ? challengers : outcome)({ requestId: `p${request}`, unit: `u${request % 2}`, epoch, at: 1000 + 777 * request, mode: shadow ? "shadow" : "live" }),
  ),
  fc.record({ request: fc.integer({ min: 0, max: 5 }), id: fc.integer({ min: 0, max: 2 }) }).map(({ request, id }) => followUp({ requestId: `p${request}`, id: `e${id}`, at: 3000 + 2000 * id })),
  fc.record({ request: fc.integer({ min: 0, max: 5 }), revision: fc.integer({ min: 1, max: 3 }) }).map(({ request, revision }) => label({ requestId: `p${request}`, revision, labelledAt: 4000 * revision })),
);

/** Outcomes of one request, version and mode are one and the same, as in the world: the first is kept. */
function unique(records: readonly Sent[]): readonly Sent[] {
  const seen = new Set<string>();
  return records.filter((record) => {
    const key = "slot" in record ? JSON.stringify([record.requestId, record.version, record.mode]) : JSON.stringify(record);
    return !seen.has(key) && seen.add(key);
  });
}

test("no order and no grouping of batches changes a count", () => {
  const arrival = fc.array(anyRecord, { maxLength: 20 }).map(unique).chain((records) => fc.record({ records: fc.constant(records), shuffled: fc.shuffledSubarray([...records], { minLength: records.length }), size: fc.integer({ min: 1, max: 5 }) }));
  fc.assert(
    fc.property(arrival, ({ records, shuffled, size }) => {
      const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, index) => shuffled.slice(index * size, (index + 1) * size));
      expect(foldAll(batches)).toEqual(foldAll([records]));
    }),
  );
});
