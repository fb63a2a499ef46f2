import { sampleRatio, sampleRatioEvidence } from "@gauntlet/core";

import { BATCH, type Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";
import { leastCrossing } from "./paired.ts";
import { PAIRS } from "./worlds.ts";

/** The split is realised exactly as intended: how often is a mismatch reported? */
export function splitExperiments(): readonly Experiment[] {
  const made = { world: "", note: null, runs: { short: 2000, long: 20_000 }, columns: ["every outcome", "every 100"] } as const;
  const sequential = [0.5, 0.9].flatMap((share) =>
    [0.05, 0.001].map((alpha): Experiment => ({ ...made, id: `srm-${share}-${alpha}`, method: "sequential SRM (concentration 1000)", world: `split ${share * 100}/${Math.round(100 - share * 100)}, α = ${alpha}`, guarantee: "exact", alpha, expects: "holds", reference: null, runs: { short: 2000, long: 40_000 }, simulate: (random, runs) => simulate(random, edgesOf(share, (x, y) => sampleRatioEvidence([x, y], [share, 1 - share], 1000).p <= alpha), runs) })),
  );
  return [
    ...sequential,
    { ...made, id: "srm-chi", method: "χ² SRM at .001, as if looked at once", world: "split 50/50", guarantee: "fixed-sample", alpha: 0.001, expects: "breaks", reference: ".032 (every outcome)", note: "another negative control", simulate: (random, runs) => simulate(random, edgesOf(0.5, (x, y) => x + y >= 20 && sampleRatio([x, y], [1, 1]).p < 0.001), runs) },
  ];
}

interface Edges {
  readonly share: number;
  readonly most: readonly number[];
  readonly least: readonly number[];
}

function edgesOf(share: number, rejects: (first: number, second: number) => boolean): Edges {
  return {
    share,
    most: leastCrossing(PAIRS, (x, n) => x > n * share && rejects(x, n - x)),
    least: leastCrossing(PAIRS, (y, n) => y > n * (1 - share) && rejects(n - y, y)),
  };
}

function simulate(random: Random, { share, most, least }: Edges, runs: number): readonly number[] {
  const limit = threshold(share);
  let always = 0;
  let batched = 0;
  for (let run = 0; run < runs; run++) {
    let first = 0;
    let crossed = false;
    let seen = false;
    for (let n = 1; n <= PAIRS && !seen; n++) {
      if (random.bits() < limit) first++;
      const out = first >= (most[n] as number) || n - first >= (least[n] as number);
      crossed ||= out;
      seen = out && n % BATCH === 0;
    }
    if (crossed) always++;
    if (seen) batched++;
  }
  return [always, batched];
}
