import { performance } from "node:perf_hooks";

import { accumulator, foldBatch, parseOutcome, type EpochContext, type FollowUp, type MetricKind, type Outcome } from "@gauntlet/core";

import type { BenchRow } from "./row.ts";

const ROUNDS = 5;

/** How fast evidence is folded on one core: the best of a few rounds, as the machine is rarely alone. */
export function benchEvidence(): readonly BenchRow[] {
  const plain = foldedPerSecond(PLAIN);
  return [
    ...(["moments", "histogram"] as const).map((kind) => ({ name: `evidence: ${kind} updates`, perSecond: updatesPerSecond(kind), target: 20_000_000 })),
    { name: "evidence: outcomes parsed", perSecond: parsedPerSecond(), target: 500_000 },
    { name: "evidence: outcomes folded, 2 metrics, predictions kept", perSecond: plain, target: 200_000 },
    { name: "evidence: outcomes folded, 2 metrics, 2 ratios", perSecond: foldedPerSecond(RATIOS), target: null, baseline: { name: "without ratios", perSecond: plain } },
    { name: "evidence: follow-ups folded, 2 ratios", perSecond: followedPerSecond(), target: null, baseline: { name: "outcomes without ratios", perSecond: plain } },
  ];
}

function updatesPerSecond(kind: MetricKind): number {
  const values = latencies(1 << 16);
  const passes = 100;
  return best(values.length * passes, () => {
    const into = accumulator(kind);
    for (let pass = 0; pass < passes; pass++) for (let i = 0; i < values.length; i++) into.add(values[i] as number);
    const frozen = into.freeze();
    if (frozen.kind !== kind || frozen.n !== values.length * passes) throw new Error("updates were lost");
  });
}

function parsedPerSecond(): number {
  const bodies = outcomes(10_000).map((outcome) => JSON.parse(JSON.stringify(outcome)) as unknown);
  return best(bodies.length * 10, () => {
    for (let pass = 0; pass < 10; pass++) for (const body of bodies) if (Array.isArray(parseOutcome(body, { now: NOW }))) throw new Error("a good outcome was refused");
  });
}

const PLAIN: EpochContext = { championVersion: "1", challengerVersion: "2", bucketMs: 60_000, keepPredictions: true, metrics: { latency_ms: "histogram", error: "rate" } };
const RATIOS: EpochContext = {
  ...PLAIN,
  metrics: {
    ...PLAIN.metrics,
    slow: { kind: "ratio", numerator: ["latency_ms"], denominator: ["generated"], once: false },
    edited: { kind: "ratio", numerator: ["edits"], denominator: ["generated"], once: true },
  },
};

function foldedPerSecond(epoch: EpochContext): number {
  const batches = Array.from({ length: 200 }, (_, batch) => outcomes(100).map((outcome) => ({ ...outcome, requestId: `${batch}-${outcome.requestId}`, metrics: { ...outcome.metrics, ...(epoch === RATIOS ? { generated: 1 } : {}) } })));
  return best(batches.length * 100, () => {
    for (const batch of batches) {
      const result = foldBatch({ outcomes: batch, labels: [], prior: { predictions: [], labels: [] }, context: { model: "fraud", epochs: { 1: epoch } } });
      if (result.accepted !== 100) throw new Error("outcomes were lost");
    }
  });
}

/** One for each of a hundred outcomes that are stored already, with the totals of their units. */
function followedPerSecond(): number {
  const context = { model: "fraud", epochs: { 1: RATIOS } };
  const first = foldBatch({ outcomes: outcomes(100), labels: [], prior: { predictions: [], labels: [] }, context });
  const followUps = outcomes(100).map(({ requestId, model }): FollowUp => ({ id: "e", requestId, model, at: NOW, metrics: { edits: 2 } }));
  return best(200 * 100, () => {
    for (let batch = 0; batch < 200; batch++) {
      const result = foldBatch({ outcomes: [], labels: [], followUps, prior: { predictions: first.predictions, labels: [], units: first.units }, context });
      if (result.accepted !== 100 || result.units.length === 0) throw new Error("follow-ups were lost");
    }
  });
}

const NOW = 1_767_000_000_000;

/** Spread over three decades, as latencies are; the same at every run. */
function latencies(count: number): Float64Array {
  let state = 1;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.exp((state / 2 ** 32) * 7);
  });
}

function outcomes(count: number): readonly Outcome[] {
  const values = latencies(count);
  return Array.from({ length: count }, (_, i) => ({
    requestId: `request-${i}`,
    at: NOW - i,
    model: "fraud",
    version: i % 5 === 0 ? "2" : "1",
    slot: i % 5 === 0 ? "challenger" : "champion",
    mode: "live",
    epoch: 1,
    unit: `card-${i % 97}`,
    prediction: i % 50 === 0,
    metrics: { latency_ms: values[i] as number, error: 0 },
  }));
}

function best(count: number, run: () => void): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    run();
    shortest = Math.min(shortest, performance.now() - started);
  }
  return Math.round((count / shortest) * 1000);
}
