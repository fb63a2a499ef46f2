import { asymptoticSequence, ratioMetric, type PairSums } from "@gauntlet/core";

import type { Experiment } from "../experiment.ts";
import type { Random } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const LOOKS_PER_DAY = 4;
const UNITS_MIN = 100;
const METHOD = "AsympCS one-sided of a ratio, clustered by unit (N* = 1000, 100 units in each arm)";
const MADE = { guarantee: "asymptotic", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: { short: 300, long: 10_000 }, columns: ["4 looks a day"] } as const;

/** Households that plan and edit; who edits much goes on editing much. */
interface World {
  readonly units: number;
  readonly days: number;
  /** Units arrive evenly over so many days, and stay. */
  readonly arrivalDays: number;
  readonly requestsPerDay: number;
  /** σ of the logarithm of a unit's own rate. */
  readonly spread: number;
}

const ARRIVING: World = { units: 1000, days: 14, arrivalDays: 14, requestsPerDay: 1, spread: 0.8 };
const STAYING: World = { units: 300, days: 28, arrivalDays: 1, requestsPerDay: 2, spread: 0.8 };

/** Edits for each plan, watched: a ratio of sums whose units bring many requests, in two arms that are alike. */
export function ratioExperiments(): readonly Experiment[] {
  return [
    { ...MADE, id: "ratio-arriving", method: METHOD, world: "edits a plan; 1000 units an arm arrive over 14 days, their rates log-normal, σ = .8", simulate: (random, runs) => [alarms(random, runs, { world: ARRIVING, sumsOf: byUnit })] },
    { ...MADE, id: "ratio-staying", method: METHOD, world: "300 units an arm that stay 28 days, σ = .8", simulate: (random, runs) => [alarms(random, runs, { world: STAYING, sumsOf: byUnit })] },
    { ...MADE, id: "ratio-alike", method: METHOD, world: "300 units an arm that stay 28 days, all alike", simulate: (random, runs) => [alarms(random, runs, { world: { ...STAYING, spread: 0 }, sumsOf: byUnit })] },
    { ...MADE, id: "ratio-unclustered", method: "the same, each plan taken for a unit of its own", world: "300 units an arm that stay 28 days, σ = .8", expects: "breaks", note: "the negative control: why ratios are clustered", simulate: (random, runs) => [alarms(random, runs, { world: STAYING, sumsOf: byRequest })] },
  ];
}

interface Unit {
  readonly from: number;
  readonly rate: number;
  edits: number;
  plans: number;
  /** Σ of the squared edits of single plans. */
  squares: number;
}

interface Watched {
  readonly world: World;
  readonly sumsOf: (units: readonly Unit[]) => PairSums;
}

function alarms(random: Random, runs: number, watched: Watched): number {
  let found = 0;
  for (let run = 0; run < runs; run++) if (alarm(random, watched)) found++;
  return found;
}

function alarm(random: Random, { world, sumsOf }: Watched): boolean {
  const { units, arrivalDays, spread, days } = world;
  const newArm = (): Unit[] => Array.from({ length: units }, () => ({ from: random.unit() * arrivalDays, rate: 0.4 * Math.exp(spread * random.normal() - (spread * spread) / 2), edits: 0, plans: 0, squares: 0 }));
  const arms = [newArm(), newArm()] as const;
  for (let look = 1; look <= days * LOOKS_PER_DAY; look++) {
    for (const arm of arms) for (const unit of arm) if (unit.from <= look / LOOKS_PER_DAY) live(random, unit, world.requestsPerDay / LOOKS_PER_DAY);
    if (isOut(arms, sumsOf)) return true;
  }
  return false;
}

function live(random: Random, unit: Unit, plans: number): void {
  for (let left = poisson(random, plans); left > 0; left--) {
    const edits = poisson(random, unit.rate);
    unit.plans++;
    unit.edits += edits;
    unit.squares += edits * edits;
  }
}

function isOut(arms: readonly [readonly Unit[], readonly Unit[]], sumsOf: Watched["sumsOf"]): boolean {
  const [champion, challenger] = [sumsOf(arms[0]), sumsOf(arms[1])];
  if (Math.min(champion.n, challenger.n) < UNITS_MIN) return false;
  const [a, b] = [ratioMetric(champion), ratioMetric(challenger)];
  if (a === null || b === null) return false;
  const estimate = { value: b.mean - a.mean, standardError: Math.sqrt(a.variance / a.n + b.variance / b.n), n: a.n + b.n };
  const sequence = asymptoticSequence(estimate, { alpha: ALPHA, tunedAt: 1000, burnIn: 0, side: "greater", nullValue: 0 });
  return sequence.kind !== "nothing" && sequence.p < ALPHA;
}

function byUnit(units: readonly Unit[]): PairSums {
  const sums = { n: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0 };
  for (const { edits, plans } of units) {
    if (plans === 0) continue;
    sums.n++;
    sums.x += edits;
    sums.y += plans;
    sums.xx += edits * edits;
    sums.xy += edits * plans;
    sums.yy += plans * plans;
  }
  return sums;
}

function byRequest(units: readonly Unit[]): PairSums {
  const sums = { n: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0 };
  for (const { edits, plans, squares } of units) {
    sums.n += plans;
    sums.x += edits;
    sums.xx += squares;
  }
  return { ...sums, y: sums.n, xy: sums.x, yy: sums.n };
}

/** By multiplying (Knuth); for small means. */
function poisson(random: Random, mean: number): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random.unit(); product > least; product *= random.unit()) count++;
  return count;
}
