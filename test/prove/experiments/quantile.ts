import { concentrationFor, histogramBucketOf, histogramQuantileEvidence, type Histogram, type QuantileNull } from "@gauntlet/core";

import type { Experiment } from "../experiment.ts";
import type { Random } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const LOOKS = 10;
const PER_LOOK = 500;
const GROWTH = 1.02;

/** Quantiles of heavy-tailed latencies, looked at after every 500 values of each arm. */
export function quantileExperiments(): readonly Experiment[] {
  const made = { guarantee: "exact", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: { short: 200, long: 20_000 }, columns: ["every 500 of an arm"] } as const;
  const concentration = concentrationFor(2500, ALPHA);
  const equal = [0.5, 0.95].map((q): Experiment => ({ ...made, id: `quantile-${q}`, method: `sequential quantile A/B, p${q * 100}, two-sided`, world: "log-normal latencies, σ = 1, the same in both arms", simulate: (random, runs) => [simulate(random, { factor: 1, heavy: logNormal, hypothesis: { q, side: "two", concentration }, ratio: 1 }, runs)] }));
  const found = { note: "not a null world: the method must find it, or a rate of 0 above would mean nothing", expects: "breaks", runs: { short: 200, long: 2000 } } as const;
  return [
    ...equal,
    ...[0.5, 0.95].map((q): Experiment => ({ ...made, ...found, id: `quantile-found-${q}`, method: `sequential quantile A/B, p${q * 100}, two-sided`, world: "the challenger is 40 % slower", simulate: (random, runs) => [simulate(random, { factor: 1.4, heavy: logNormal, hypothesis: { q, side: "two", concentration }, ratio: 1 }, runs)] })),
    { ...made, ...found, id: "quantile-proven", method: "sequential quantile non-inferiority, p95 below × 1.02¹⁰", world: "the challenger is 10 % faster", simulate: (random, runs) => [simulate(random, { factor: 0.9, heavy: logNormal, hypothesis: { q: 0.95, side: "less", concentration }, ratio: GROWTH ** 10 }, runs)] },
    { ...made, id: "quantile-pareto", method: "sequential quantile A/B, p95, two-sided", world: "Pareto latencies, tail 1.5 (no variance)", simulate: (random, runs) => [simulate(random, { factor: 1, heavy: pareto, hypothesis: { q: 0.95, side: "two", concentration }, ratio: 1 }, runs)] },
    { ...made, id: "quantile-margin", method: "sequential quantile non-inferiority, p95 below × 1.02¹⁰", world: "log-normal latencies, exactly on the margin", simulate: (random, runs) => [simulate(random, { factor: GROWTH ** 10, heavy: logNormal, hypothesis: { q: 0.95, side: "less", concentration }, ratio: GROWTH ** 10 }, runs)] },
  ];
}

const logNormal = (random: Random): number => 50 * Math.exp(random.normal());
const pareto = (random: Random): number => 20 * (1 - random.unit()) ** (-1 / 1.5);

interface Setting {
  /** How much slower the challenger is. */
  readonly factor: number;
  readonly heavy: (random: Random) => number;
  readonly hypothesis: QuantileNull;
  readonly ratio: number;
}

function simulate(random: Random, { factor, heavy, hypothesis, ratio }: Setting, runs: number): number {
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const champion = new Map<number, number>();
    const challenger = new Map<number, number>();
    for (let look = 1; look <= LOOKS; look++) {
      for (let i = 0; i < PER_LOOK; i++) {
        add(champion, heavy(random));
        add(challenger, heavy(random) * factor);
      }
      if (histogramQuantileEvidence({ champion: histogramOf(champion, look), challenger: histogramOf(challenger, look), ratio }, hypothesis).logE < -Math.log(ALPHA)) continue;
      found++;
      break;
    }
  }
  return found;
}

function add(buckets: Map<number, number>, value: number): void {
  const index = histogramBucketOf(value) ?? 0;
  buckets.set(index, (buckets.get(index) ?? 0) + 1);
}

function histogramOf(buckets: ReadonlyMap<number, number>, look: number): Histogram {
  return { kind: "histogram", n: look * PER_LOOK, zeros: 0, buckets: [...buckets].toSorted(([a], [b]) => a - b) };
}
