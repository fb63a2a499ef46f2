import { binomialEvidence, concentrationFor } from "@gauntlet/core";

import { BATCH, type Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";
import { leastCrossing } from "./paired.ts";
import { ALPHA, PAIRS, RATES } from "./worlds.ts";

/** Confidence sequence of a rate: how often does it ever leave out the true one? */
export function rateExperiments(): readonly Experiment[] {
  return RATES.map((rate) => ({
    id: `rate-${rate}`,
    method: "beta-binomial sequence (N* = 1000)",
    world: `rate ${rate}`,
    guarantee: "exact",
    alpha: ALPHA,
    expects: "holds",
    note: null,
    reference: null,
    runs: { short: 1000, long: 20_000 },
    columns: ["every outcome", "every 100"],
    simulate: (random, runs) => simulate(random, rate, runs),
  }));
}

interface Edges {
  readonly most: readonly number[];
  readonly least: readonly number[];
}

const known = new Map<number, Edges>();

/** The sequence leaves out p exactly when p's own evidence reaches 1/α: looked up by the counts at which it does. */
function edgesOf(rate: number): Edges {
  const found = known.get(rate);
  if (found !== undefined) return found;
  const concentration = concentrationFor(1000, 0.05);
  const crosses = (share: number) => (hits: number, n: number) => hits > n * share && binomialEvidence({ hits, misses: n - hits }, { share, side: "two", concentration }).logE >= -Math.log(ALPHA);
  const edges = { most: leastCrossing(PAIRS, crosses(rate)), least: leastCrossing(PAIRS, crosses(1 - rate)) };
  known.set(rate, edges);
  return edges;
}

function simulate(random: Random, rate: number, runs: number): readonly number[] {
  const { most, least } = edgesOf(rate);
  const limit = threshold(rate);
  let always = 0;
  let batched = 0;
  for (let run = 0; run < runs; run++) {
    let hits = 0;
    let crossed = false;
    let seen = false;
    for (let n = 1; n <= PAIRS && !seen; n++) {
      if (random.bits() < limit) hits++;
      const out = hits >= (most[n] as number) || n - hits >= (least[n] as number);
      crossed ||= out;
      seen = out && n % BATCH === 0;
    }
    if (crossed) always++;
    if (seen) batched++;
  }
  return [always, batched];
}
