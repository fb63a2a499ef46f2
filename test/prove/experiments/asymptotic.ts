import { normalBoundary, rhoFor } from "@gauntlet/core";

import { BATCH, type Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";
import { ALPHA, PAIRS, RATES } from "./worlds.ts";

const MADE = { guarantee: "asymptotic", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: { short: 1000, long: 20_000 } } as const;
const PEEKS = ["every outcome", "every 100"];

interface Setting {
  readonly tunedAt: number;
  readonly burnIn: number;
  readonly eventsMin: number;
}

const USUAL: Setting = { tunedAt: 5000, burnIn: 500, eventsMin: 20 };

/** Asymptotic confidence sequences of a difference of two rates, and the naive test they replace. */
export function asymptoticExperiments(): readonly Experiment[] {
  const rates = RATES.flatMap((rate) =>
    [0.5, 0.1].map((share): Experiment => ({
      ...MADE,
      id: `asymptotic-${rate}-${share}`,
      method: "AsympCS two-sided (N* = 5000, burn-in 500, 20 events)",
      world: `rate ${rate} in both arms, split ${100 - share * 100}/${share * 100}`,
      reference: share === 0.5 ? ".021–.024" : null,
      columns: PEEKS,
      simulate: (random, runs) => twoRates(random, { rate: () => rate, share, bound: sequenceBound(USUAL), ...USUAL }, runs),
    })),
  );
  const half = { rate: () => 0.5, share: 0.5 };
  const eager = { tunedAt: 50, burnIn: 2, eventsMin: 1 };
  const waiting = { tunedAt: 50, burnIn: 50, eventsMin: 1 };
  return [
    ...rates,
    { ...MADE, id: "asymptotic-diurnal", method: "AsympCS two-sided (N* = 5000, burn-in 500, 20 events)", world: "rate swings from .05 to .55 with the hour, split 50/50", columns: PEEKS, simulate: (random, runs) => twoRates(random, { rate: (at) => 0.3 + 0.25 * Math.sin(at / 80), share: 0.5, bound: sequenceBound(USUAL), ...USUAL }, runs) },
    { ...MADE, id: "asymptotic-eager", method: "AsympCS two-sided, N* = 50, no burn-in", world: "rate 0.5, split 50/50", expects: "told", note: "what a burn-in is for", reference: ".084", columns: PEEKS, simulate: (random, runs) => twoRates(random, { ...half, bound: sequenceBound(eager), ...eager }, runs) },
    { ...MADE, id: "asymptotic-waiting", method: "AsympCS two-sided, N* = 50, burn-in 50", world: "rate 0.5, split 50/50", reference: ".025", columns: PEEKS, simulate: (random, runs) => twoRates(random, { ...half, bound: sequenceBound(waiting), ...waiting }, runs) },
    { ...MADE, id: "naive", method: "two-sided z test, as if looked at once", guarantee: "fixed-sample", world: "rate 0.5, split 50/50", expects: "breaks", note: "the negative control: it must fail", reference: ".35–.51 (to 5k pairs)", columns: PEEKS, simulate: (random, runs) => twoRates(random, { ...half, bound: naiveBound, tunedAt: 1, burnIn: 20, eventsMin: 1 }, runs) },
    { ...MADE, id: "naive-14", method: "two-sided z test, 14 looks", guarantee: "fixed-sample", world: "rate 0.5, split 50/50", expects: "breaks", note: "the negative control with a look a day", reference: ".20", columns: ["14 looks"], simulate: (random, runs) => [fourteenLooks(random, runs)] },
    { ...MADE, id: "asymptotic-heavy", method: "AsympCS two-sided of means (N* = 5000, burn-in 500)", world: "log-normal latencies, σ = 1", columns: PEEKS, simulate: (random, runs) => twoMeans(random, (source) => Math.exp(source.normal()), runs) },
    { ...MADE, id: "asymptotic-pareto", method: "AsympCS two-sided of means (N* = 5000, burn-in 500)", world: "Pareto latencies, tail 2.2 (no third moment)", columns: PEEKS, simulate: (random, runs) => twoMeans(random, (source) => (1 - source.unit()) ** (-1 / 2.2), runs) },
  ];
}

/** Squared z at which a look rejects, for each number of outcomes. */
type Bound = (n: number) => number;

function sequenceBound({ tunedAt }: Setting): Bound {
  const rho = rhoFor(tunedAt, ALPHA, 2);
  return (n) => normalBoundary({ rho, sides: 2 }, n, ALPHA) ** 2 / n;
}

const naiveBound: Bound = () => 1.959963984540054 ** 2;

interface TwoRates extends Setting {
  readonly rate: (at: number) => number;
  readonly share: number;
  readonly bound: Bound;
}

/** z² against the bound: the same inequality as `asymptoticProportions`, without building an answer for each outcome; a test compares them. */
function twoRates(random: Random, setting: TwoRates, runs: number): readonly number[] {
  const total = 2 * PAIRS;
  const bounds = Float64Array.from({ length: total + 1 }, (_, n) => (n < 2 ? Number.POSITIVE_INFINITY : setting.bound(n)));
  const limits = Float64Array.from({ length: total + 1 }, (_, n) => threshold(setting.rate(n)));
  const arm = threshold(setting.share);
  const n: [number, number] = [0, 0];
  const hits: [number, number] = [0, 0];
  let always = 0;
  let batched = 0;
  for (let run = 0; run < runs; run++) {
    n.fill(0);
    hits.fill(0);
    let crossed = false;
    let seen = false;
    for (let at = 1; at <= total && !seen; at++) {
      const to = random.bits() < arm ? 1 : 0;
      n[to]++;
      if (random.bits() < (limits[at] as number)) hits[to]++;
      if (crossed && at % BATCH !== 0) continue;
      const out = at >= setting.burnIn && zSquared(n, hits, setting.eventsMin) >= (bounds[at] as number);
      crossed ||= out;
      seen = out && at % BATCH === 0;
    }
    if (crossed) always++;
    if (seen) batched++;
  }
  return [always, batched];
}

type Two = readonly [number, number];

/** −1 while an arm has too few hits or misses. */
export function zSquared([n, m]: Two, [x, y]: Two, eventsMin: number): number {
  if (x < eventsMin || y < eventsMin || n - x < eventsMin || m - y < eventsMin) return -1;
  const difference = y / m - x / n;
  return (difference * difference) / ((x * (n - x)) / (n * n * n) + (y * (m - y)) / (m * m * m));
}

function fourteenLooks(random: Random, runs: number): number {
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const hits: [number, number] = [0, 0];
    let out = false;
    for (let look = 1; look <= 14 && !out; look++) {
      for (let i = 0; i < 350; i++) {
        if (random.bits() < 2 ** 31) hits[0]++;
        if (random.bits() < 2 ** 31) hits[1]++;
      }
      out = zSquared([look * 350, look * 350], hits, 1) >= naiveBound(0);
    }
    if (out) found++;
  }
  return found;
}

function twoMeans(random: Random, value: (random: Random) => number, runs: number): readonly number[] {
  const total = PAIRS;
  const bound = sequenceBound(USUAL);
  const bounds = Float64Array.from({ length: total + 1 }, (_, n) => (n < 2 ? Number.POSITIVE_INFINITY : bound(n)));
  let always = 0;
  let batched = 0;
  for (let run = 0; run < runs; run++) {
    const n: [number, number] = [0, 0];
    const sum: [number, number] = [0, 0];
    const squares: [number, number] = [0, 0];
    let crossed = false;
    let seen = false;
    for (let at = 1; at <= total && !seen; at++) {
      const to = random.bits() < 2 ** 31 ? 1 : 0;
      const x = value(random);
      n[to]++;
      sum[to] += x;
      squares[to] += x * x;
      if (at < USUAL.burnIn || (crossed && at % BATCH !== 0)) continue;
      const means = [sum[0] / n[0], sum[1] / n[1]] as const;
      const variance = (squares[0] / n[0] - means[0] ** 2) / (n[0] - 1) + (squares[1] / n[1] - means[1] ** 2) / (n[1] - 1);
      const out = (means[1] - means[0]) ** 2 / variance >= (bounds[at] as number);
      crossed ||= out;
      seen = out && at % BATCH === 0;
    }
    if (crossed) always++;
    if (seen) batched++;
  }
  return [always, batched];
}
