import { expect, test } from "vitest";

import { binomialEvidence } from "./binomial-evidence.ts";
import type { Side } from "./evidence.ts";
import { logLikelihoodRatio } from "./gsprt.ts";
import { logNormalMixture } from "./normal-mixture.ts";
import oracles from "./oracles.json" with { type: "json" };
import { sampleRatioEvidence } from "./sample-ratio-evidence.ts";
import { scoreEvidence } from "./score-evidence.ts";
import { stoppedElo } from "./stopped-elo.ts";
import { stoppedPairs } from "./stopped-pairs.ts";

// scripts/sequential-oracles.py made the table, from definitions rather than from our formulas.

test.each(oracles.binomial as [number, number, number, Side, number, number][])("binomial evidence of %i and %i against %d, %s", (hits, misses, share, side, concentration, logE) => {
  // What 1e15 counts lose is the last digits of n·p in a double.
  const tolerance = hits + misses > 1e12 ? 2e-3 : hits + misses > 1e8 ? 1e-6 : 1e-9;
  near(binomialEvidence({ hits, misses }, { share, side, concentration }).logE, logE, tolerance);
});

test.each(oracles.score as [number[], number[], number, number][])("score evidence of %j, counts %j, against %d", (scores, counts, mean, logE) => {
  near(scoreEvidence({ scores, counts }, mean).logE, logE, 1e-10);
});

test.each(oracles.sampleRatio as [number[], number[], number, number][])("sample ratio evidence of %j at %j", (counts, parts, concentration, logE) => {
  near(sampleRatioEvidence(counts, parts, concentration).logE, logE, (counts[0] as number) > 1e12 ? 1e-3 : 1e-9);
});

test.each(oracles.normalMixture as [number, number, number, 1 | 2, number][])("normal mixture of s %d, v %d, ρ %d, %i sides", (s, v, rho, sides, log) => {
  near(logNormalMixture({ rho, sides }, s, v), log, 1e-6 / 1000 + (s < -1000 ? 1e-6 : 0));
});

test.each(oracles.gsprt as [number[], number, number, "logistic" | "normalized", number][])("LLR of %j, %d against %d, %s", (counts, elo0, elo1, scale, llr) => {
  near(logLikelihoodRatio(counts, { elo0, elo1, scale }), llr, 1e-8);
});

test.each(oracles.stoppedPairs as [number, number, number[], number, number, number][])("estimate at a stop after %i wins and %i losses", (wins, losses, looks, value, low, high) => {
  const estimate = stoppedPairs({ wins, losses, looks, alpha: 0.05, rule: { a: 10, winShare: 0.5 } }, 0.95);
  if (estimate.kind === "nothing") throw new Error(estimate.because);
  near(estimate.value, value, 1e-8);
  near(estimate.low, low, 1e-8);
  near(estimate.high, high, 1e-8);
});

test.each(oracles.stoppedElo as [number[], number, number, number, number, number][])("Elo at a stop after %j", (counts, elo0, elo1, value, low, high) => {
  const estimate = stoppedElo(counts, { elo0, elo1, scale: "logistic", alpha: 0.05, beta: 0.05, burnIn: 0 }, 0.95);
  if (estimate.kind === "nothing") throw new Error(estimate.because);
  near(estimate.value, value, 1e-6);
  near(estimate.low, low, 1e-6);
  near(estimate.high, high, 1e-6);
});

function near(value: number, expected: number, tolerance: number): void {
  expect(Math.abs(value - expected), `${value} should be ${expected}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));
}
