import { asymptoticProportions, gsprt, histogramQuantileEvidence, pairedEvidence, pairedWalk, rateSequence, recallRatioEvidence, sampleRatioEvidence, type Histogram } from "@gauntlet/core";

import { bestOf, ratePerSecond, type BenchRow } from "./row.ts";

/** 100,000 runs of 10,000 pairs on two cores within 30 s are 16.7 million pairs a second on one. */
const PAIRS_PER_SECOND = 1e9 / 30 / 2;

/** The sequential methods on one core; the walk is what the proof simulates with. */
export function benchSequential(): readonly BenchRow[] {
  const rule = { side: "greater", a: 10, winShare: 0.5 } as const;
  const closed = bestOf(3, () => ratePerSecond(200, () => void pairedEvidence({ wins: 520, losses: 480 }, rule)));
  const sequence = { alpha: 0.05, tunedAt: 5000, burnIn: 500, side: "two", nullValue: 0 } as const;
  const games = { elo0: 0, elo1: 10, scale: "normalized", alpha: 0.05, beta: 0.05, burnIn: 30 } as const;
  const histogram: Histogram = { kind: "histogram", n: 10_000, zeros: 0, buckets: Array.from({ length: 200 }, (_, i) => [i, 50] as const) };
  const rate = (work: () => void): number => bestOf(3, () => ratePerSecond(150, work));
  return [
    { name: "sequential: paired e-process in a null run, pair by pair", perSecond: bestOf(3, walkedPerSecond), target: PAIRS_PER_SECOND, baseline: { name: "its closed form at 1000 pairs", perSecond: closed } },
    { name: "sequential: recall ratio, exact", perSecond: rate(() => void recallRatioEvidence([0, 0, 0, 0, 80, 120, 20, 780], 1.05)), target: null },
    { name: "sequential: asymptotic sequence of two rates", perSecond: rate(() => void asymptoticProportions({ first: { hits: 1396, of: 3000 }, second: { hits: 1480, of: 3000 }, eventsMin: 20 }, sequence)), target: null },
    { name: "sequential: confidence sequence of a rate", perSecond: rate(() => void rateSequence({ hits: 700, of: 1000 }, { alpha: 0.05, tunedAt: 1000 })), target: null },
    { name: "sequential: sample ratio of two arms", perSecond: rate(() => void sampleRatioEvidence([80_100, 19_900], [80, 20], 1000)), target: null },
    { name: "sequential: p95 of two histograms of 200 buckets", perSecond: rate(() => void histogramQuantileEvidence({ champion: histogram, challenger: histogram, ratio: 1 }, { q: 0.95, side: "two", concentration: 500 })), target: null },
    { name: "sequential: GSPRT pentanomial, normalised Elo", perSecond: rate(() => void gsprt([39, 2226, 31_451, 2412, 40], games, null)), target: null },
  ];
}

/** Fair coins, 32 pairs to a draw of an xorshift; each run of 10,000 pairs starts anew, and looks at E after every pair. */
function walkedPerSecond(): number {
  const { afterWin, afterLoss } = pairedWalk(10);
  const runs = 600;
  let state = 0x9e3779b9;
  let crossed = 0;
  const from = performance.now();
  for (let run = 0; run < runs; run++) {
    let e = 1;
    let wins = 0;
    for (let n = 0; n < 10_000; n++) {
      if (n % 32 === 0) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
      }
      if (((state >>> n % 32) & 1) === 1) e = afterWin(e, wins++, n);
      else e = afterLoss(e, n - wins, n);
      if (e >= 20) {
        crossed++;
        n = 10_000;
      }
    }
  }
  const seconds = (performance.now() - from) / 1000;
  // A run that crosses ends early; what it did not walk is not counted.
  return ((runs - crossed) * 10_000) / seconds;
}
