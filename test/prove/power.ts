import { gsprt, normalBoundary, pairedWalk, rhoFor, type GsprtRule } from "@gauntlet/core";

import type { PowerStudy } from "./experiment.ts";
import { zSquared } from "./experiments/asymptotic.ts";
import { type Random, threshold } from "./random.ts";

const RATES = [0.5, 0.55] as const;
const ALPHA = 0.05;
const BUDGET = 8000;

/** Pairs a one-sided two-proportion z test at α = .05 needs for 80 % power at .50 → .55, an arm: looked at once. */
export const FIXED_PAIRS = 1231;

/** One request to each arm at a time; looked at after every pair, up to the budget. */
export function powerStudies(): readonly PowerStudy[] {
  const runs = { short: 400, long: 20_000 };
  return [
    { id: "power-asymptotic", method: "AsympCS one-sided (N* = 5000, burn-in 500)", reference: "× 1.79, mean × 1.02", runs, simulate: (random, count) => repeat(count, () => asymptoticStop(random)) },
    { id: "power-paired", method: "paired e-process (a = 50)", reference: "× 1.80, mean × 1.02", runs, simulate: (random, count) => repeat(count, () => pairedStop(random)) },
    { id: "power-gsprt", method: "GSPRT trinomial, β = .2 (burn-in 30)", reference: "mean × .63", runs: { short: 200, long: 20_000 }, simulate: (random, count) => repeat(count, () => gsprtStop(random)) },
  ];
}

function repeat(count: number, stop: () => number): readonly number[] {
  return Array.from({ length: count }, stop);
}

const LIMITS = [threshold(RATES[0]), threshold(RATES[1])] as const;

const BOUNDS: Float64Array = Float64Array.from({ length: 2 * BUDGET + 1 }, (_, n) => (n < 500 ? Number.POSITIVE_INFINITY : normalBoundary({ rho: rhoFor(5000, ALPHA, 1), sides: 1 }, n, ALPHA) ** 2 / n));

function asymptoticStop(random: Random): number {
  let x = 0;
  let y = 0;
  for (let n = 1; n <= BUDGET; n++) {
    if (random.bits() < LIMITS[0]) x++;
    if (random.bits() < LIMITS[1]) y++;
    if (y > x && zSquared([n, n], [x, y], 20) >= (BOUNDS[2 * n] as number)) return n;
  }
  return Number.POSITIVE_INFINITY;
}

const WALK = pairedWalk(50);

function pairedStop(random: Random): number {
  let e = 1;
  let wins = 0;
  let different = 0;
  for (let n = 1; n <= BUDGET; n++) {
    const first = random.bits() < LIMITS[0];
    const second = random.bits() < LIMITS[1];
    if (first === second) continue;
    e = second ? WALK.afterWin(e, wins, different) : WALK.afterLoss(e, different - wins, different);
    if (second) wins++;
    different++;
    if (e >= 1 / ALPHA) return n;
  }
  return Number.POSITIVE_INFINITY;
}

/** elo1 is the truth: the score of .55 against .50 is .525. */
const RULE: GsprtRule = { elo0: 0, elo1: 17.3872, scale: "logistic", alpha: ALPHA, beta: 0.2, burnIn: 30 };

function gsprtStop(random: Random): number {
  const counts = [0, 0, 0];
  for (let n = 1; n <= BUDGET; n++) {
    const first = random.bits() < LIMITS[0];
    const second = random.bits() < LIMITS[1];
    (counts[first === second ? 1 : second ? 2 : 0] as number)++;
    const result = gsprt(counts, RULE, null);
    if (result.kind === "gsprt" && result.status !== "continue") return result.status === "pass" ? n : -n;
  }
  return Number.POSITIVE_INFINITY;
}
