import { pairedEvidence, pairedWalk } from "@gauntlet/core";

import { BATCH, type Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";
import { ALPHA, PAIRS, RATES } from "./worlds.ts";

const A = 10;
const RUNS = { short: 2000, long: 40_000 };
const COLUMNS = ["every pair", "every 100 pairs"];
const MADE = { method: "paired e-process (a = 10)", guarantee: "exact", alpha: ALPHA, expects: "holds", columns: COLUMNS, runs: RUNS } as const;

/** What a pair shows: 1 a win, −1 a loss, 0 a tie. It may look at the evidence so far: the adversary does. */
type Pair = (e: number, at: number) => -1 | 0 | 1;

/** Sequential McNemar in worlds where no version is better. */
export function pairedExperiments(): readonly Experiment[] {
  return [
    ...RATES.map((rate): Experiment => ({ ...MADE, id: `paired-${rate}`, world: `both arms right with p = ${rate}, independently`, reference: ".030–.042", note: null, simulate: (random, runs) => simulate(runs, independent(random, rate)) })),
    { ...MADE, id: "paired-diurnal", world: "difficulty swings with the hour, p from .05 to .55", reference: null, note: null, simulate: (random, runs) => simulate(runs, diurnal(random)) },
    { ...MADE, id: "paired-adversary", world: "an adversary sets ties and the share of wins (.3 or .5) by the evidence so far", reference: null, note: "the worst the null allows: fair pairs while E ≥ ½, unfair ones to fall back", simulate: (random, runs) => simulate(runs, adversary(random)) },
    { ...MADE, id: "paired-worse", world: "the challenger is slightly worse: 49 % of discordant pairs", reference: null, note: null, simulate: (random, runs) => simulate(runs, shared(random, 0.49)) },
    { ...MADE, id: "paired-non-inferior", method: "paired e-process, null share .45", world: "exactly on the margin: 45 % of discordant pairs won", reference: null, note: null, runs: { short: 2000, long: 20_000 }, simulate: marginSimulation },
    { ...MADE, id: "paired-clustered", world: "users of 20 pairs who all answer alike, taken for independent", reference: null, expects: "told", note: "the unit is wrong: the promise is void, and pairs must be counted once a user", runs: { short: 2000, long: 20_000 }, simulate: (random, runs) => simulate(runs, clustered(random, 20)) },
    { ...MADE, id: "paired-clustered-once", world: "the same users, each counted as one pair", reference: null, note: null, runs: { short: 2000, long: 20_000 }, simulate: (random, runs) => simulate(runs, shared(random, 0.5)) },
  ];
}

/** The recurrence of `pairedWalk`, which a test holds against the closed form. */
function simulate(runs: number, draw: (run: number) => Pair): readonly number[] {
  const { afterWin, afterLoss } = pairedWalk(A);
  let always = 0;
  let batched = 0;
  for (let run = 0; run < runs; run++) {
    const pair = draw(run);
    let e = 1;
    let wins = 0;
    let n = 0;
    let crossed = false;
    let seen = false;
    for (let at = 1; at <= PAIRS && !seen; at++) {
      const result = pair(e, at);
      if (result !== 0) {
        e = result === 1 ? afterWin(e, wins, n) : afterLoss(e, n - wins, n);
        if (result === 1) wins++;
        n++;
        crossed ||= e >= 1 / ALPHA;
      }
      seen = at % BATCH === 0 && e >= 1 / ALPHA;
    }
    if (crossed) always++;
    if (seen) batched++;
  }
  return [always, batched];
}

function independent(random: Random, rate: number): () => Pair {
  const limit = threshold(rate);
  const pair: Pair = () => {
    const first = random.bits() < limit;
    const second = random.bits() < limit;
    return first === second ? 0 : second ? 1 : -1;
  };
  return () => pair;
}

function diurnal(random: Random): () => Pair {
  const limits = Array.from({ length: 500 }, (_, hour) => threshold(0.3 + 0.25 * Math.sin((2 * Math.PI * hour) / 500)));
  const pair: Pair = (_, at) => {
    const limit = limits[at % 500] as number;
    const first = random.bits() < limit;
    const second = random.bits() < limit;
    return first === second ? 0 : second ? 1 : -1;
  };
  return () => pair;
}

function adversary(random: Random): () => Pair {
  const [half, third] = [threshold(0.5), threshold(0.3)];
  const pair: Pair = (e) => (random.bits() < (e < 0.5 ? third : half) ? 1 : -1);
  return () => pair;
}

function shared(random: Random, share: number): () => Pair {
  const limit = threshold(share);
  const pair: Pair = () => (random.bits() < limit ? 1 : -1);
  return () => pair;
}

function clustered(random: Random, size: number): () => Pair {
  return () => {
    let same: -1 | 1 = 1;
    return (_, at) => {
      if (at % size === 1) same = random.bits() < 2 ** 31 ? 1 : -1;
      return same;
    };
  };
}

let boundary: readonly number[] | undefined;

/** By the least number of wins that crosses: with a null share other than ½ there is no recurrence. */
function marginSimulation(random: Random, runs: number): readonly number[] {
  const rule = { side: "greater", a: A, winShare: 0.45 } as const;
  boundary ??= leastCrossing(PAIRS, (wins, n) => pairedEvidence({ wins, losses: n - wins }, rule).logE >= -Math.log(ALPHA));
  const limit = threshold(0.45);
  let always = 0;
  let batched = 0;
  for (let run = 0; run < runs; run++) {
    let wins = 0;
    let crossed = false;
    let seen = false;
    for (let n = 1; n <= PAIRS && !seen; n++) {
      if (random.bits() < limit) wins++;
      crossed ||= wins >= (boundary[n] as number);
      seen = n % BATCH === 0 && wins >= (boundary[n] as number);
    }
    if (crossed) always++;
    if (seen) batched++;
  }
  return [always, batched];
}

/** For each n the least count that crosses; n + 1 where none does. It rises with n, by at most one. */
export function leastCrossing(upTo: number, crosses: (count: number, n: number) => boolean): readonly number[] {
  const least = [1];
  let count = 0;
  for (let n = 1; n <= upTo; n++) {
    while (count <= n && !crosses(count, n)) count++;
    least.push(count);
  }
  return least;
}
