// Published reference values (see docs/sequential.md for the sources).
import { expect, test } from "vitest";

import { asymptoticProportions, asymptoticSequence, type SequenceRule } from "./asymptotic-sequence.ts";
import { concentrationFor } from "./binomial-evidence.ts";
import { logLikelihoodRatio } from "./gsprt.ts";
import { logNormalMixture, normalBoundary, rhoFor } from "./normal-mixture.ts";
import { pairedEvidence } from "./paired-evidence.ts";
import { quantileEvidence, type ValueGroup } from "./quantile-evidence.ts";
import { rateSequence } from "./rate-sequence.ts";
import { stoppedElo } from "./stopped-elo.ts";

const RULE: SequenceRule = { alpha: 0.05, tunedAt: 5000, burnIn: 0, side: "two", nullValue: 0 };

test("paired e-process, a = 10", () => {
  expect(pairedEvidence({ wins: 25, losses: 9 }, { side: "greater", a: 10, winShare: 0.5 }).logE).toBeCloseTo(2.6279289, 7);
  expect(pairedEvidence({ wins: 120, losses: 80 }, { side: "greater", a: 10, winShare: 0.5 }).logE).toBeCloseTo(3.1529948, 7);
});

test.each([
  [700, 1000, 100, 0.651629, 0.745949],
  [15, 50, 50, 0.129556, 0.511896],
  [5, 50, 50, 0.013021, 0.269264],
  [1, 50, 50, 0, 0.13489],
  [1, 2, 50, 0, 1],
  [100, 200, 1, 0.328923, 0.671076],
  [0, 1, 50, 0, 1],
  [1, 1, 50, 0, 1],
])("confidence sequence of %i of %i, tuned at %i", (hits, of, tunedAt, low, high) => {
  const sequence = rateSequence({ hits, of }, { alpha: 0.05, tunedAt });
  expect(Math.abs(sequence.low - low)).toBeLessThan(2e-6);
  expect(Math.abs(sequence.high - high)).toBeLessThan(2e-6);
});

test("normal mixtures at s = 10, v = 100, tuned to 100", () => {
  const rho = rhoFor(100, 0.05, 2);
  expect(rho).toBeCloseTo(12.60056, 5);
  expect(logNormalMixture({ rho, sides: 2 }, 10, 100)).toBeCloseTo(-0.6510052, 7);
  expect(normalBoundary({ rho, sides: 2 }, 100, 0.05)).toBeCloseTo(30.35209, 5);
  expect(normalBoundary({ rho: rhoFor(100, 0.05, 1), sides: 1 }, 100, 0.05)).toBeCloseTo(27.66071, 5);
});

test("asymptotic sequence of two proportions, and of a relative difference of means", () => {
  const rates = asymptoticProportions({ first: { hits: 1396, of: 3000 }, second: { hits: 1480, of: 3000 }, eventsMin: 1 }, RULE);
  if (rates.kind === "nothing") throw new Error(rates.because);
  expect(rates.p).toBeCloseTo(0.384037, 6);
  expect(rates.low).toBeCloseTo(-0.0111543, 7);
  expect(rates.high).toBeCloseTo(0.0671543, 7);
  const mean = (x: typeof A) => x.sum / x.n;
  const variance = (x: typeof A) => (x.squares - x.sum ** 2 / x.n) / (x.n - 1);
  const A = { n: 3000, sum: 1396.87, squares: 52377.9767 };
  const B = { n: 3461, sum: 2422.7, squares: 134698.29 };
  const standardError = Math.sqrt(variance(B) / B.n / mean(A) ** 2 + ((variance(A) / A.n) * mean(B) ** 2) / mean(A) ** 4);
  const relative = asymptoticSequence({ value: mean(B) / mean(A) - 1, standardError, n: A.n + B.n }, { ...RULE, tunedAt: 1000 });
  if (relative.kind === "nothing") throw new Error(relative.because);
  expect(relative.value).toBeCloseTo(0.50336, 5);
  expect(relative.low).toBeCloseTo(-0.55844, 5);
  expect(relative.high).toBeCloseTo(1.56516, 5);
  expect(relative.p).toBe(1);
});

test.each([[0.5, 70, 0.814704], [0.5, 85, 0.0838055], [0.5, 100, 0.0054947], [0.9, 55, 0.0340463]])("quantile %d of 1 … 1000 against the same moved by %i", (q, shift, p) => {
  const groups: ValueGroup[] = Array.from({ length: 1000 + shift }, (_, i) => ({ champion: i < 1000 ? 1 : 0, challenger: i >= shift ? 1 : 0 }));
  expect(quantileEvidence(groups, { q, side: "two", concentration: concentrationFor(100, 0.05) }).p).toBeCloseTo(p, 6);
});

test("log-likelihood ratios of game pairs", () => {
  expect(logLikelihoodRatio([10789, 19328, 33806, 19402, 10543], { elo0: -3, elo1: 1, scale: "logistic" })).toBeCloseTo(2.1310678117940807, 9);
  expect(logLikelihoodRatio([39, 2226, 31451, 2412, 40], { elo0: 0.764, elo1: 3.439, scale: "normalized" })).toBeCloseTo(2.162940869584568, 9);
  expect(logLikelihoodRatio([13, 37, 50, 25, 3], { elo0: 0, elo1: 4, scale: "normalized" })).toBeCloseTo(-0.54912, 5);
});

test("the estimate after a published test of 96,520 game pairs, whichever side it stopped on", () => {
  // It was accepted by its overshoot, at an LLR of 2.9421: here by bounds that lie there without one, hence no more digits.
  const bounds = { alpha: 0.0502, beta: 0.0502, scale: "normalized", burnIn: 0 } as const;
  const passed = stoppedElo([93, 18_711, 58_877, 18_739, 100], { ...bounds, elo0: -1.75, elo1: 0.25 }, 0.95);
  const failed = stoppedElo([100, 18_739, 58_877, 18_711, 93], { ...bounds, elo0: -0.25, elo1: 1.75 }, 0.95);
  if (passed.kind !== "estimate" || failed.kind !== "estimate") throw new Error("it has stopped");
  expect([passed.value, passed.low, passed.high]).toEqual([expect.closeTo(-0.06778, 2.5), expect.closeTo(-0.84664, 2.5), expect.closeTo(0.66011, 2.5)]);
  expect([failed.value, failed.low, failed.high]).toEqual([expect.closeTo(-passed.value, 6), expect.closeTo(-passed.high, 6), expect.closeTo(-passed.low, 6)]);
});
