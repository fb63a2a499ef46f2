import fc from "fast-check";
import { expect, test } from "vitest";

import type { FollowUp, Outcome, Prediction } from "../outcome/outcome.ts";
import type { EvidenceCell, RatioMetric } from "./evidence.ts";
import { foldBatch, type FoldResult } from "./fold-batch.ts";
import type { EpochContext, FoldContext } from "./fold-context.ts";
import { gatherEvidence } from "./merge.ts";
import { parseRatio } from "./parse-ratio.ts";
import type { UnitTotals } from "./unit-totals.ts";
import { wideToBigInt } from "./wide-integer.ts";

const EDITS = parseRatio("edits + swaps / accepted", { once: false }) as RatioMetric;
const INTERVENED = parseRatio("interventions / generated", { once: true }) as RatioMetric;
const EPOCH: EpochContext = { championVersion: "1", challengerVersion: "2", bucketMs: 1000, keepPredictions: false, metrics: { edits_per_plan: EDITS, intervened: INTERVENED, edits: "histogram", latency_ms: "histogram" } };
const CONTEXT: FoldContext = { model: "planner", epochs: { 3: EPOCH, 4: { ...EPOCH, metrics: { intervened: INTERVENED } } } };

function outcome(more: Partial<Outcome> = {}): Outcome {
  return { requestId: "p1", at: 5400, model: "planner", version: "1", slot: "champion", mode: "live", epoch: 3, unit: "u", prediction: null, metrics: { generated: 1 }, ...more };
}

function followUp(more: Partial<FollowUp> = {}): FollowUp {
  return { id: "e1", requestId: "p1", model: "planner", at: 9000, metrics: { accepted: 1 }, ...more };
}

type Records = readonly (Outcome | FollowUp)[];

/** Folds batches one after another, as a store does: each sees what was kept of its requests, and of their units. */
function foldAll(batches: readonly Records[]): { cells: EvidenceCell[]; duplicates: number; last: FoldResult | null } {
  const predictions: Prediction[] = [];
  const followUps: FollowUp[] = [];
  const rows = new Map<string, UnitTotals>();
  const cells: EvidenceCell[] = [];
  let duplicates = 0;
  let last: FoldResult | null = null;
  for (const records of batches) {
    const wanted = new Set(records.map((record) => record.requestId));
    const prior = { predictions: predictions.filter((known) => wanted.has(known.requestId)), labels: [], followUps: followUps.filter((known) => wanted.has(known.requestId)), units: [...rows.values()] };
    last = foldBatch({ outcomes: records.filter((record) => "slot" in record), labels: [], followUps: records.filter((record) => "id" in record), prior, context: CONTEXT });
    expect(last.rejected).toEqual([]);
    predictions.push(...last.predictions);
    followUps.push(...last.followUps);
    for (const row of last.units) rows.set(JSON.stringify([row.epoch, row.version, row.slot, row.mode, row.unit, row.bucketStart]), row);
    cells.push(...last.cells);
    duplicates += last.duplicates;
  }
  return { cells, duplicates, last };
}

function ratio(cells: readonly EvidenceCell[], metric: string): unknown {
  return gatherEvidence(cells.filter((cell) => cell.metric === metric)).map(({ version, statistic }) => {
    if (statistic.kind !== "ratio") throw new Error(statistic.kind);
    const { n, requests, ...sums } = statistic;
    return { version, n, requests, sums: [sums.numerator, sums.denominator, sums.numeratorSquares, sums.denominatorSquares, sums.products].map((wide) => Number(wideToBigInt(wide))) };
  });
}

test("a unit's requests are summed before they are squared, and follow-ups count for the outcome they belong to", () => {
  const { cells } = foldAll([
    [outcome(), outcome({ requestId: "p2", at: 7100 }), outcome({ requestId: "p3", unit: "v" })],
    [followUp(), followUp({ id: "e2", metrics: { edits: 2 } }), followUp({ id: "e3", requestId: "p2", metrics: { swaps: 1, accepted: 1 } })],
  ]);
  // u: 3 edits and swaps of 2 accepted plans; v: nothing of nothing.
  expect(ratio(cells, "edits_per_plan")).toEqual([{ version: "1", n: 2, requests: 3, sums: [3000, 2000, 9e6, 4e6, 6e6] }]);
  expect(ratio(cells.filter((cell) => cell.bucketStart === 5000), "edits_per_plan")).toEqual([{ version: "1", n: 2, requests: 2, sums: [2000, 1000, 4e6, 1e6, 2e6] }]);
  expect(ratio(cells, "intervened")).toEqual([{ version: "1", n: 2, requests: 3, sums: [0, 3000, 0, 5e6, 0] }]);
});

test("`once` counts a request whether, not how often; fields of the outcome itself count with those that follow", () => {
  const { cells } = foldAll([[outcome({ metrics: { generated: 1, interventions: 0.25 } })], [followUp({ metrics: { interventions: 0.5 } })], [followUp({ id: "e2", metrics: { interventions: 5 } })]]);
  expect(ratio(cells, "intervened")).toEqual([{ version: "1", n: 1, requests: 1, sums: [1000, 1000, 1e6, 1e6, 1e6] }]);
});

test("a follow-up counts for the live answer, not for its shadow, and does nothing for what the epoch's ratios do not name", () => {
  const shadow = outcome({ version: "2", slot: "challenger", mode: "shadow", at: 5300 });
  const { cells } = foldAll([[followUp({ metrics: { accepted: 1, interventions: 1 } })], [shadow, outcome()], [outcome({ requestId: "p4", epoch: 4 }), followUp({ requestId: "p4" })]]);
  expect(ratio(cells.filter((cell) => cell.epoch === 3), "edits_per_plan")).toEqual([
    { version: "1", n: 1, requests: 1, sums: [0, 1000, 0, 1e6, 0] },
    { version: "2", n: 1, requests: 1, sums: [0, 0, 0, 0, 0] },
  ]);
  expect(ratio(cells.filter((cell) => cell.epoch === 4), "intervened")).toEqual([{ version: "1", n: 1, requests: 1, sums: [0, 1000, 0, 1e6, 0] }]);
});

test("a number may be a metric of its own and a field of a ratio", () => {
  const { cells } = foldAll([[outcome({ metrics: { generated: 1, accepted: 1, edits: 2 } })]]);
  expect(cells.map((cell) => cell.metric)).toEqual(["edits", "edits_per_plan", "intervened", "scored"]);
});

test("what was followed up twice counts once, in one batch and over two", () => {
  const { cells, duplicates, last } = foldAll([[outcome(), followUp(), followUp()], [followUp({ metrics: { accepted: 7 } }), outcome()]]);
  expect(duplicates).toBe(3);
  expect([last?.cells, last?.units, last?.followUps]).toEqual([[], [], []]);
  expect(ratio(cells, "edits_per_plan")).toEqual([{ version: "1", n: 1, requests: 1, sums: [0, 1000, 0, 1e6, 0] }]);
});

test.each<[string, Partial<FollowUp>, RegExp, RegExp]>([
  ["another model", { model: "spam" }, /"spam".*"planner"/, /one batch for each model/],
  ["an unknown number", { metrics: { acepted: 1 } }, /"acepted" is not declared/, /did you mean "accepted"/],
  ["a ratio", { metrics: { intervened: 1 } }, /is a ratio/, /interventions, generated/],
  ["a metric that only outcomes carry", { metrics: { latency_ms: 5 } }, /is a histogram, which only an outcome can carry/, /with the outcome/],
  ["a negative number", { metrics: { edits: -1 } }, /0 … 1000000, not -1/, /less than nothing/],
  ["a number that is too large", { metrics: { edits: 1_000_001 } }, /not 1000001/, /larger unit/],
  ["what happened too long ago", { at: 3999 }, /1970-01-01T00:00:03.999Z.*from 1970-01-01T00:00:04.000Z/, /never less than 30 days/],
])("a follow-up with %s is refused, and the rest of the batch counts", (_, more, detail, fix) => {
  const context: FoldContext = { model: "planner", epochs: { 3: { ...EPOCH, countedFrom: 4000 } } };
  const result = foldBatch({ outcomes: [outcome()], labels: [], followUps: [followUp({ id: "good" }), followUp(more)], prior: { predictions: [], labels: [] }, context });
  expect(result.accepted).toBe(2);
  expect(result.rejected).toEqual([{ of: "followUp", index: 1, code: "invalid_input", detail: expect.stringMatching(detail), fix: expect.stringMatching(fix) }]);
});

test("an outcome is refused for a ratio itself, for a field that is no number of things, and for an unknown one with the nearest known", () => {
  const metrics = [{ intervened: 1 }, { generated: -1 }, { generatd: 1 }, { edits: 2_000_000 }];
  const { rejected } = foldBatch({ outcomes: metrics.map((some) => outcome({ metrics: some })), labels: [], prior: { predictions: [], labels: [] }, context: CONTEXT });
  expect(rejected.map(({ detail, fix }) => `${detail} | ${fix}`)).toEqual([
    expect.stringMatching(/is a ratio.*\| send what it is made of: interventions, generated/),
    expect.stringMatching(/"generated".*not -1/),
    expect.stringMatching(/"generatd" is not declared.*did you mean "generated"/),
    expect.stringMatching(/"edits".*not 2000000/),
  ]);
});

// The content is a function of the key: a record that is reported twice differently is settled by whoever comes first.
const anyOutcome = fc.record({ request: fc.nat(7), version: fc.constantFrom("1", "2"), mode: fc.constantFrom("live", "shadow") }).map(({ request, version, mode }): Outcome => {
  const seed = request * 4 + (version === "1" ? 0 : 2) + (mode === "live" ? 0 : 1);
  return outcome({
    requestId: `p${request}`,
    at: (733 * seed * seed) % 6000,
    version,
    mode,
    slot: version === "1" ? "champion" : "challenger",
    epoch: request === 7 ? 4 : 3,
    unit: `u${request % 3}`,
    metrics: { generated: 1, ...(seed % 5 === 0 ? { interventions: 0.4 } : {}), ...(seed % 7 === 0 && request < 7 ? { swaps: 999_999.5 } : {}) },
  });
});
const anyFollowUp = fc.record({ request: fc.nat(8), event: fc.nat(4) }).map(({ request, event }): FollowUp => {
  const metrics = [{ accepted: 1 }, { edits: 1 + request }, { swaps: 2 }, { interventions: 1 }, { accepted: 0.001, edits: 0.5 }][event] as Record<string, number>;
  return followUp({ id: `e${event}`, requestId: `p${request}`, metrics });
});

test("any order, grouping and repetition of outcomes and follow-ups gives the same evidence, bucket by bucket (I5, I9)", () => {
  const arrival = fc.array(fc.oneof(anyOutcome, anyFollowUp), { maxLength: 40 }).chain((records) =>
    fc.record({
      records: fc.constant(records),
      arrived: fc.shuffledSubarray([...records, ...records, ...records], { minLength: 2 * records.length }).map((some) => [...some, ...records]),
      cuts: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 200, maxLength: 200 }),
    }),
  );
  fc.assert(
    fc.property(arrival, ({ records, arrived, cuts }) => {
      const batches: Records[] = [];
      for (let from = 0, i = 0; from < arrived.length; from += cuts[i++] as number) batches.push(arrived.slice(from, from + (cuts[i] as number)));
      const whole = foldAll([records]).cells;
      const parts = foldAll(batches).cells;
      for (const epoch of [3, 4]) {
        for (let to = 1000; to <= 6000; to += 1000) {
          const inBucket = (cell: EvidenceCell): boolean => cell.epoch === epoch && cell.bucketStart === to - 1000;
          expect(gatherEvidence(parts.filter(inBucket))).toEqual(gatherEvidence(whole.filter(inBucket)));
          const upTo = (cell: EvidenceCell): boolean => cell.epoch === epoch && cell.bucketStart < to;
          for (const [metric, spec] of Object.entries(CONTEXT.epochs[epoch]?.metrics ?? {})) {
            if (typeof spec !== "string") expect(ratio(parts.filter(upTo), metric)).toEqual(byHand(records, { epoch, to, spec }));
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});

/** The same sums from the records themselves: Σ over units of what their requests before `to` add up to, squared at the end. */
function byHand(records: Records, { epoch, to, spec }: { epoch: number; to: number; spec: RatioMetric }): unknown {
  const outcomes = [...new Map(records.filter((record) => "slot" in record).map((record) => [`${record.requestId} ${record.version} ${record.mode}`, record])).values()];
  const followUps = [...new Map(records.filter((record) => "id" in record).map((record) => [`${record.requestId} ${record.id}`, record])).values()];
  const arms = new Map<string, Map<string, { x: number; y: number; requests: number }>>();
  for (const one of outcomes) {
    if (one.epoch !== epoch || one.at >= to) continue;
    const live = outcomes.filter((other) => other.requestId === one.requestId && other.mode === "live").toSorted((a, b) => a.at - b.at || Number(a.version) - Number(b.version));
    const parts = [one.metrics, ...(live[0] === one ? followUps.filter((known) => known.requestId === one.requestId).map((known) => known.metrics) : [])];
    const sum = (fields: readonly string[]): number => parts.flatMap((part) => fields.map((field) => Math.round((part[field] ?? 0) * 1000))).reduce((a, b) => a + b, 0);
    const x = sum(spec.numerator);
    const units = arms.get(`${one.version} ${one.mode}`) ?? new Map<string, { x: number; y: number; requests: number }>();
    arms.set(`${one.version} ${one.mode}`, units);
    const unit = units.get(one.unit) ?? { x: 0, y: 0, requests: 0 };
    units.set(one.unit, { x: unit.x + (spec.once ? Math.min(x, 1000) : x), y: unit.y + sum(spec.denominator), requests: unit.requests + 1 });
  }
  return [...arms]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([arm, units]) => {
      const all = [...units.values()];
      const total = (of: (unit: { x: number; y: number }) => bigint): number => Number(all.reduce((sum, unit) => sum + of(unit), 0n));
      return {
        version: arm.split(" ")[0],
        n: units.size,
        requests: all.reduce((sum, unit) => sum + unit.requests, 0),
        sums: [
          total(({ x }) => BigInt(x)),
          total(({ y }) => BigInt(y)),
          total(({ x }) => BigInt(x) ** 2n),
          total(({ y }) => BigInt(y) ** 2n),
          total(({ x, y }) => BigInt(x) * BigInt(y)),
        ],
      };
    });
}
