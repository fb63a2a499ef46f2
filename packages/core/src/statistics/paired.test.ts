import { expect, test } from "vitest";

import { pairsNeeded } from "./mcnemar-sample-size.ts";
import { pairedPrecisionDifference } from "./paired-precision.ts";
import { pairedRecallRatio } from "./paired-ratio.ts";

test("1000 frauds, 800 found against 850, 100 and 50 by one alone", () => {
  const recall = pairedRecallRatio([0, 0, 0, 0, 100, 100, 50, 750]);
  expect(recall).toMatchObject({ championHits: 800, challengerHits: 850, positives: 1000, onlyChallenger: 100, onlyChampion: 50, ratio: 1.0625 });
  expect(recall.standardErrorLog).toBeCloseTo(0.014852, 6);
  const interval = recall.interval(0.95);
  expect(interval?.low).toBeCloseTo(1.03202, 5);
  expect(interval?.high).toBeCloseTo(1.09388, 5);
});

test("recalls and precisions of the gate run and of the training logs", () => {
  // v1 766/16/276 against v2 1042/104/0.
  expect(1042 / 766 - 1).toBeCloseTo(0.360313, 6);
  expect(1042 / 1042 - 766 / 1042).toBeCloseTo(0.264875, 6);
  expect(1042 / 1146 - 766 / 782).toBeCloseTo(-0.07029, 6);
  // v1 762 and 12 against v2 1042 and 29.
  expect(1042 / 1071 - 762 / 774).toBeCloseTo(-0.011574, 6);
  const gate = [0, 104, 16, 0, 0, 276, 0, 766];
  expect(pairedRecallRatio(gate).ratio).toBeCloseTo(1.360313, 6);
  expect(pairedPrecisionDifference(gate, 0.95)).toMatchObject({ championFlagged: 782, challengerFlagged: 1146, method: "delta" });
  expect(pairedPrecisionDifference(gate, 0.95).difference).toBeCloseTo(-0.07029, 6);
});

test("without hits there is no ratio, and without discordant pairs no interval", () => {
  expect(pairedRecallRatio([0, 0, 0, 0, 5, 3, 0, 0])).toMatchObject({ ratio: null, standardErrorLog: null });
  expect(pairedRecallRatio([0, 0, 0, 0, 5, 0, 3, 0])).toMatchObject({ ratio: 0, standardErrorLog: null });
  for (const cells of [[0, 0, 0, 0, 5, 3, 0, 0], [0, 0, 0, 0, 5, 0, 0, 9]]) expect(pairedRecallRatio(cells).interval(0.95)).toBeNull();
  expect(pairedRecallRatio([0, 0, 0, 0, 5, 0, 0, 9]).differenceInterval(0.95)).toBeNull();
  expect(pairedRecallRatio([0, 0, 0, 0, 0, 0, 0, 0]).differenceInterval(0.95)).toBeNull();
});

test("the paired difference of recalls: Newcombe 1998, table III (a, f, g, h = 36, 12, 2, 0)", () => {
  const interval = pairedRecallRatio([0, 0, 0, 0, 0, 12, 2, 36]).differenceInterval(0.95);
  expect(interval?.low).toBeCloseTo(0.0569, 4);
  expect(interval?.high).toBeCloseTo(0.3404, 4);
});

test("precisions of disjoint alarms have the variance of independent proportions", () => {
  const result = pairedPrecisionDifference([1000, 30, 20, 0, 50, 170, 80, 0], 0.95);
  expect(result.difference).toBeCloseTo(170 / 200 - 80 / 100, 14);
  expect(result.standardError).toBeCloseTo(Math.sqrt((0.85 * 0.15) / 200 + (0.8 * 0.2) / 100), 14);
});

test("the same alarms differ by nothing; their interval is the unpaired one, as no variance is no certainty", () => {
  const result = pairedPrecisionDifference([900, 0, 0, 5, 10, 0, 0, 95], 0.95);
  expect(result).toMatchObject({ difference: 0, standardError: 0, p: null, method: "newcombe" });
  expect(result.low).toBeLessThan(-0.05);
  expect(result.high).toBeGreaterThan(0.05);
  expect(pairedPrecisionDifference([900, 0, 0, 0, 10, 0, 20, 30], 0.95).method).toBe("newcombe");
});

test("near a precision of 1 the interval reaches further than 1.96 standard errors, and further down than up", () => {
  // 195 of 195 against 297 of 300: by standard errors alone the drop would be within 2.2 points.
  const result = pairedPrecisionDifference([5000, 3, 0, 0, 10, 120, 18, 177], 0.95);
  expect(result.difference).toBeCloseTo(-0.01, 12);
  expect(result.difference - result.low).toBeGreaterThan(1.96 * result.standardError);
  expect(result.low).toBeLessThan(-0.022);
  expect(result.high).toBeGreaterThan(0);
});

test("the standard error of paired precisions is what repeated sampling shows, and the interval covers", () => {
  // Shares of the 8 cells; precisions .8 and .76.
  const shares = [0.6, 0.06, 0.04, 0.06, 0.04, 0.04, 0.06, 0.1];
  const truth = (0.04 + 0.1) / (0.06 + 0.06 + 0.04 + 0.1) - (0.06 + 0.1) / (0.04 + 0.06 + 0.06 + 0.1);
  const random = generator(20_240_601);
  const rounds = 4000;
  let covered = 0;
  const differences: number[] = [];
  let errors = 0;
  for (let round = 0; round < rounds; round++) {
    const cells = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 600; i++) {
      let u = random();
      let cell = 0;
      while (cell < 7 && u >= (shares[cell] as number)) u -= shares[cell++] as number;
      (cells[cell] as number)++;
    }
    const { difference, standardError, low, high } = pairedPrecisionDifference(cells, 0.95);
    differences.push(difference);
    errors += standardError;
    if (low <= truth && truth <= high) covered++;
  }
  const mean = differences.reduce((sum, value) => sum + value, 0) / rounds;
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rounds);
  expect(Math.abs(errors / rounds / deviation - 1)).toBeLessThan(0.04);
  expect(covered / rounds).toBeGreaterThan(0.935);
  expect(covered / rounds).toBeLessThan(0.965);
});

test("pairs needed: 10 % against 5 % discordant takes 469 frauds", () => {
  expect(pairsNeeded({ discordantUp: 0.1, discordantDown: 0.05, alpha: 0.05, power: 0.8 })).toBe(469);
  expect(pairsNeeded({ discordantUp: 0.1, discordantDown: 0.1, alpha: 0.05, power: 0.8 })).toBeNull();
  expect(pairsNeeded({ discordantUp: 0, discordantDown: 0, alpha: 0.05, power: 0.8 })).toBeNull();
  expect(pairsNeeded({ discordantUp: 1, discordantDown: 0, alpha: 0.05, power: 0.8 })).toBeGreaterThan(0);
});

test("bad counts and levels are refused", () => {
  const bad = [[1, 2, 3], [0, 0, 0, 0, 0, 0, 0, -1], [0, 0, 0, 0, 0, 0, 0, 0.5], [0, 0, 0, 0, 0, 0, 0, Number.NaN]];
  for (const cells of bad) expect(() => pairedRecallRatio(cells)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  expect(() => pairedPrecisionDifference([9, 0, 0, 0, 9, 0, 0, 0], 0.95)).toThrow(/flagged nothing/);
  expect(() => pairedPrecisionDifference([9, 9, 9, 9, 9, 9, 9, 9], 95)).toThrow(/level/);
  expect(() => pairsNeeded({ discordantUp: 0.9, discordantDown: 0.2, alpha: 0.05, power: 0.8 })).toThrow(/discordant/);
});

/** Uniform in [0, 1), a multiply-with-carry of fixed seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
