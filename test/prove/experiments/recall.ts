import { recallDifferenceEvidence, recallRatioEvidence } from "@gauntlet/core";

import type { Experiment } from "../experiment.ts";
import type { Random } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const POSITIVES = 5000;
const EVERY = 10;

/** Exact gates on recall, exactly on their thresholds, looked at after every tenth labelled positive. */
export function recallExperiments(): readonly Experiment[] {
  const made = { guarantee: "exact", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: { short: 1000, long: 20_000 }, columns: ["every 10 positives"] } as const;
  const ratio = (cells: readonly number[]) => recallRatioEvidence(cells, 1.05).logE;
  const drop = (cells: readonly number[]) => recallDifferenceEvidence(cells, -0.02).logE;
  // Shares of neither, only challenger, only champion, both.
  return [
    { ...made, id: "recall-ratio-80", method: "recall ratio above 1.05", world: "recalls .80 and .84, 10 % and 6 % found by one alone", simulate: (random, runs) => [simulate(random, [0.1, 0.1, 0.06, 0.74], ratio, runs)] },
    { ...made, id: "recall-ratio-95", method: "recall ratio above 1.05", world: "recalls .94 and .987, nearly nothing missed", simulate: (random, runs) => [simulate(random, [0.003, 0.057, 0.01, 0.93], ratio, runs)] },
    { ...made, id: "recall-ratio-20", method: "recall ratio above 1.05", world: "recalls .20 and .21, mostly different positives", simulate: (random, runs) => [simulate(random, [0.65, 0.15, 0.14, 0.06], ratio, runs)] },
    { ...made, id: "recall-drop", method: "recall at most 2 points lower", world: "recalls .82 and .80, exactly on the margin", simulate: (random, runs) => [simulate(random, [0.12, 0.06, 0.08, 0.74], drop, runs)] },
  ];
}

function simulate(random: Random, shares: readonly number[], logE: (cells: readonly number[]) => number, runs: number): number {
  const [first, second, third] = [shares[0] as number, (shares[0] as number) + (shares[1] as number), (shares[0] as number) + (shares[1] as number) + (shares[2] as number)];
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const cells = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let n = 1; n <= POSITIVES; n++) {
      const u = random.unit();
      (cells[u < first ? 4 : u < second ? 5 : u < third ? 6 : 7] as number)++;
      if (n % EVERY === 0 && logE(cells) >= -Math.log(ALPHA)) {
        found++;
        break;
      }
    }
  }
  return found;
}
