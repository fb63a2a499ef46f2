import fc from "fast-check";
import { expect, test } from "vitest";

import type { Label, Outcome, Prediction } from "../outcome/outcome.ts";
import type { EvidenceCell } from "./evidence.ts";
import { foldBatch, type FoldResult } from "./fold-batch.ts";
import type { FoldContext } from "./fold-context.ts";
import { gatherEvidence } from "./merge.ts";

const EPOCH = { championVersion: "1", challengerVersion: "2", bucketMs: 1000, keepPredictions: true, metrics: { latency_ms: "histogram", error: "rate", cost: "moments" } } as const;
const CONTEXT: FoldContext = { model: "fraud", epochs: { 3: EPOCH, 4: EPOCH } };

function outcome(more: Partial<Outcome> = {}): Outcome {
  return { requestId: "r1", at: 5400, model: "fraud", version: "1", slot: "champion", mode: "live", epoch: 3, unit: "u", prediction: true, metrics: {}, ...more };
}

function label(more: Partial<Label> = {}): Label {
  return { requestId: "r1", model: "fraud", revision: 1, truth: true, source: "analyst", labelledAt: 9000, ...more };
}

function fold(outcomes: readonly Outcome[], labels: readonly Label[] = [], prior: { predictions: readonly Prediction[]; labels: readonly Label[] } = { predictions: [], labels: [] }): FoldResult {
  return foldBatch({ outcomes, labels, prior, context: CONTEXT });
}

/** Folds batches one after another, as a store does: each sees what was kept of its requests before. */
function foldAll(batches: readonly { outcomes: readonly Outcome[]; labels: readonly Label[] }[]): { cells: EvidenceCell[]; duplicates: number } {
  const predictions: Prediction[] = [];
  const labels: Label[] = [];
  const cells: EvidenceCell[] = [];
  let duplicates = 0;
  for (const batch of batches) {
    const wanted = new Set([...batch.outcomes, ...batch.labels].map((record) => record.requestId));
    const prior = { predictions: predictions.filter((known) => wanted.has(known.requestId)), labels: labels.filter((known) => wanted.has(known.requestId)) };
    const result = fold(batch.outcomes, batch.labels, prior);
    predictions.push(...result.predictions);
    labels.push(...result.labels);
    cells.push(...result.cells);
    duplicates += result.duplicates;
  }
  return { cells, duplicates };
}

test("an outcome gives a count, its metrics, and what must be kept to join it", () => {
  const result = fold([outcome({ metrics: { latency_ms: 12, error: 0, cost: 0.25 } })]);
  expect(result.cells.map((cell) => [cell.bucketStart, cell.metric, cell.statistic])).toEqual([
    [5000, "cost", { kind: "moments", n: 1, sum: { high: 0, low: 250 }, squares: { high: 0, low: 62_500 } }],
    [5000, "error", { kind: "rate", n: 1, hits: 0 }],
    [5000, "latency_ms", { kind: "histogram", n: 1, zeros: 0, buckets: [[126, 1]] }],
    [5000, "scored", { kind: "count", n: 1 }],
  ]);
  expect(result.predictions).toEqual([{ requestId: "r1", model: "fraud", version: "1", slot: "champion", mode: "live", epoch: 3, at: 5400, prediction: true }]);
  expect([result.accepted, result.duplicates, result.rejected]).toEqual([1, 0, []]);
});

test("an outcome that comes twice counts once, in one batch and over two", () => {
  const first = fold([outcome(), outcome()]);
  expect([first.accepted, first.duplicates]).toEqual([1, 1]);
  const second = fold([outcome({ prediction: false })], [], first);
  expect([second.accepted, second.duplicates, second.cells]).toEqual([0, 1, []]);
});

test("a label that comes first waits for its outcome; one that comes later goes to the outcome's bucket", () => {
  const early = foldAll([{ outcomes: [], labels: [label()] }, { outcomes: [outcome()], labels: [] }]);
  const late = foldAll([{ outcomes: [outcome()], labels: [] }, { outcomes: [], labels: [label()] }]);
  expect(gatherEvidence(early.cells)).toEqual(gatherEvidence(late.cells));
  expect(late.cells.filter((cell) => cell.metric === "confusion")).toEqual([
    expect.objectContaining({ bucketStart: 5000, version: "1", slot: "champion", mode: "live", statistic: { kind: "confusion", truePositive: 1, falsePositive: 0, falseNegative: 0, trueNegative: 0 } }),
  ]);
});

test("a correction takes the old label's part away; an older revision that comes late is kept and changes nothing", () => {
  const first = fold([outcome()], [label({ revision: 2 })]);
  const corrected = fold([], [label({ revision: 3, truth: false })], first);
  expect(corrected.cells.map((cell) => cell.statistic)).toEqual([{ kind: "confusion", truePositive: -1, falsePositive: 1, falseNegative: 0, trueNegative: 0 }]);
  const late = fold([], [label({ revision: 1, truth: false })], first);
  expect([late.cells, late.labels.length, late.accepted]).toEqual([[], 1, 1]);
});

test("an answer of null is labelled, yet neither right nor wrong, and makes no pair", () => {
  const result = fold([outcome({ prediction: null }), outcome({ version: "2", slot: "challenger", mode: "shadow" })], [label()]);
  expect(result.cells.map((cell) => `${cell.version} ${cell.metric}`)).toEqual(["2 confusion", "1 labelled", "2 labelled", "1 scored", "2 scored"]);
});

test("a pair is kept under the challenger, in the champion's time bucket", () => {
  const result = fold([outcome({ at: 2100, prediction: false, slot: "challenger", version: "2" }), outcome({ at: 1999, mode: "shadow" })], [label()]);
  expect(result.cells.find((cell) => cell.metric === "paired")).toEqual({
    model: "fraud",
    epoch: 3,
    bucketStart: 1000,
    version: "2",
    slot: "challenger",
    mode: "shadow",
    metric: "paired",
    statistic: { kind: "paired", cells: [0, 0, 0, 0, 0, 0, 1, 0] },
  });
});

test("answers of two epochs are no pair (I6)", () => {
  const result = fold([outcome(), outcome({ epoch: 4, version: "2" })], [label()]);
  expect(result.cells.some((cell) => cell.metric === "paired")).toBe(false);
});

test("without predictions nothing is kept or joined, and the batch alone tells repetitions", () => {
  const context: FoldContext = { model: "fraud", epochs: { 3: { ...EPOCH, keepPredictions: false } } };
  const result = foldBatch({ outcomes: [outcome(), outcome()], labels: [label()], prior: { predictions: [], labels: [] }, context });
  expect([result.accepted, result.duplicates, result.predictions, result.labels.length]).toEqual([3, 0, [], 1]);
  expect(result.cells.map((cell) => [cell.metric, cell.statistic])).toEqual([["scored", { kind: "count", n: 2 }]]);
});

test.each<[Partial<Outcome>, "unknown_version" | "invalid_input", { detail: RegExp; fix: RegExp }]>([
  [{ epoch: 9 }, "unknown_version", { detail: /epoch 9.*those are 3, 4/, fix: /allocation/ }],
  [{ version: "7" }, "unknown_version", { detail: /version "7" did not serve in epoch 3; 1 and 2 did/, fix: /allocation/ }],
  [{ model: "spam" }, "invalid_input", { detail: /"spam".*"fraud"/, fix: /one batch for each model/ }],
  [{ metrics: { latncy_ms: 4 } }, "invalid_input", { detail: /"latncy_ms" is not declared/, fix: /did you mean "latency_ms"/ }],
  [{ metrics: { toString: 4 } }, "invalid_input", { detail: /"toString" is not declared/, fix: /latency_ms, error, cost/ }],
  [{ metrics: { error: 0.5 } }, "invalid_input", { detail: /rate takes 0 or 1, not 0.5/, fix: /range/ }],
  [{ metrics: { latency_ms: -1 } }, "invalid_input", { detail: /not -1/, fix: /range/ }],
  [{ metrics: { latency_ms: Number.NaN } }, "invalid_input", { detail: /NaN is not a finite/, fix: /range/ }],
  [{ metrics: { cost: 1e10 } }, "invalid_input", { detail: /beyond ±1000000000/, fix: /range/ }],
])("%j is rejected, and the rest of the batch counts", (more, code, { detail, fix }) => {
  const result = fold([outcome(), outcome({ requestId: "r2", ...more }), outcome({ requestId: "r3" })]);
  expect(result.accepted).toBe(2);
  expect(result.rejected).toEqual([{ of: "outcome", index: 1, code, detail: expect.stringMatching(detail), fix: expect.stringMatching(fix) }]);
});

test("a label of another model is rejected", () => {
  expect(fold([], [label({ model: "spam" })]).rejected).toEqual([expect.objectContaining({ of: "label", index: 0, code: "invalid_input" })]);
});

// The content is a function of the key: a request that is reported twice differently is settled by whoever comes first.
const anyOutcome: fc.Arbitrary<Outcome> = fc
  .record({ request: fc.integer({ min: 0, max: 3 }), version: fc.constantFrom("1", "2"), mode: fc.constantFrom("live", "shadow") })
  .map(({ request, version, mode }) => {
    const seed = request * 4 + (version === "1" ? 0 : 2) + (mode === "live" ? 0 : 1);
    return outcome({
      requestId: `r${request}`,
      at: 700 * seed,
      version,
      mode,
      slot: version === "1" ? "champion" : "challenger",
      epoch: request === 3 ? 4 : 3,
      prediction: seed % 5 === 4 ? null : seed % 3 === 0,
      metrics: { latency_ms: seed * 1.7, error: seed % 2, cost: seed * 1e7 - 3e7 },
    });
  });
const anyLabel: fc.Arbitrary<Label> = fc
  .record({ request: fc.integer({ min: 0, max: 4 }), revision: fc.integer({ min: 1, max: 3 }) })
  .map(({ request, revision }) => label({ requestId: `r${request}`, revision, truth: (request * 7 + revision) % 3 === 0 }));

test("any order, grouping and repetition of the same records gives the same evidence (I5, I9)", () => {
  const record = fc.oneof(anyOutcome, anyLabel);
  const arrival = fc.array(record, { maxLength: 30 }).chain((records) =>
    fc.record({
      records: fc.constant(records),
      // Every record at least once, some more often, in any order, cut anywhere.
      arrived: fc.shuffledSubarray([...records, ...records, ...records], { minLength: 2 * records.length }).map((some) => [...some, ...records]),
      cuts: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 100, maxLength: 100 }),
    }),
  );
  fc.assert(
    fc.property(arrival, ({ records, arrived, cuts }) => {
      const batches = [];
      for (let from = 0, i = 0; from < arrived.length; from += cuts[i++] as number) batches.push(split(arrived.slice(from, from + (cuts[i] as number))));
      const whole = foldAll([split(records)]);
      const parts = foldAll(batches);
      for (const epoch of [3, 4]) {
        for (let bucketStart = 0; bucketStart < 12_000; bucketStart += 1000) {
          const inBucket = (cell: EvidenceCell): boolean => cell.epoch === epoch && cell.bucketStart === bucketStart;
          expect(gatherEvidence(parts.cells.filter(inBucket))).toEqual(gatherEvidence(whole.cells.filter(inBucket)));
        }
      }
      expect(gatherEvidence(parts.cells.toReversed())).toEqual(gatherEvidence(whole.cells));
    }),
    { numRuns: 300 },
  );
});

function split(records: readonly (Outcome | Label)[]): { outcomes: Outcome[]; labels: Label[] } {
  return { outcomes: records.filter((record) => "slot" in record), labels: records.filter((record) => "revision" in record) };
}

test("an outcome from before its epoch's counting is refused with the instant; one on the edge, and labels of any age, are taken", () => {
  const context: FoldContext = { model: "fraud", epochs: { 3: { ...EPOCH, countedFrom: 5_000 }, 4: EPOCH } };
  const outcomes = [outcome({ requestId: "a", at: 4_999 }), outcome({ requestId: "b", at: 5_000 }), outcome({ requestId: "c", at: 1, epoch: 4 })];
  const result = foldBatch({ outcomes, labels: [label({ requestId: "a", labelledAt: 1 })], prior: { predictions: [], labels: [] }, context });
  expect(result).toMatchObject({ accepted: 3, duplicates: 0 });
  expect(result.predictions.map((kept) => kept.requestId)).toEqual(["b", "c"]);
  expect(result.rejected).toEqual([{ of: "outcome", index: 0, code: "invalid_input", detail: expect.stringContaining("1970-01-01T00:00:05.000Z"), fix: expect.stringContaining("sooner") }]);
});
