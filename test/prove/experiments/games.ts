import { gsprt, scoreOfElo, type GsprtRule } from "@gauntlet/core";

import type { Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const GAMES_MAX = 10_000;
const MADE = { guarantee: "asymptotic", alpha: ALPHA, expects: "holds", note: null, runs: { short: 200, long: 20_000 }, columns: ["every result"] } as const;

/** GSPRT exactly at elo0, peeked after every game; Wald's bounds without correction for overshoot. */
export function gameExperiments(): readonly Experiment[] {
  const draws = [0.2, 0.4, 0.6, 0.8, 0.95];
  return [
    ...draws.map((draw): Experiment => ({ ...MADE, id: `gsprt-${draw}`, method: "GSPRT trinomial, normalised 0/60 nElo, burn-in 30", world: `draw rate ${draw}, equal players`, reference: "≤ .052", simulate: (random, runs) => [simulate(random, { counts: 3, draw, elo: 0, rule: { ...RULE, elo1: 60, scale: "normalized" } }, runs)] })),
    { ...MADE, id: "gsprt-logistic", method: "GSPRT trinomial, logistic 0/20 Elo, burn-in 30", world: "draw rate 0.4, equal players", reference: "≤ .052", simulate: (random, runs) => [simulate(random, { counts: 3, draw: 0.4, elo: 0, rule: { ...RULE, elo1: 20, scale: "logistic" } }, runs)] },
    { ...MADE, id: "gsprt-logistic-10", method: "GSPRT trinomial, logistic 10/40 Elo, burn-in 30", world: "draw rate 0.4, exactly at 10 Elo", reference: "≤ .052", simulate: (random, runs) => [simulate(random, { counts: 3, draw: 0.4, elo: 10, rule: { ...RULE, elo0: 10, elo1: 40, scale: "logistic" } }, runs)] },
    { ...MADE, id: "gsprt-pentanomial", method: "GSPRT pentanomial, normalised 0/60 nElo, burn-in 30", world: "pairs, draw rate 0.6, openings that favour one colour", reference: "≤ .052", simulate: (random, runs) => [simulate(random, { counts: 5, draw: 0.6, elo: 0, rule: { ...RULE, elo1: 60, scale: "normalized" } }, runs)] },
  ];
}

const RULE: Pick<GsprtRule, "elo0" | "alpha" | "beta" | "burnIn"> = { elo0: 0, alpha: ALPHA, beta: 0.05, burnIn: 30 };

interface Match {
  readonly counts: 3 | 5;
  readonly draw: number;
  readonly elo: number;
  readonly rule: GsprtRule;
}

function simulate(random: Random, { counts: bins, draw, elo, rule }: Match, runs: number): number {
  const score = scoreOfElo(elo);
  let passed = 0;
  for (let run = 0; run < runs; run++) {
    const counts = Array.from({ length: bins }, () => 0);
    for (let n = 1; n <= GAMES_MAX; n++) {
      (counts[bins === 3 ? game(random, draw, score) : pair(random, draw)] as number)++;
      if (n < rule.burnIn) continue;
      const result = gsprt(counts, rule, null);
      if (result.kind === "nothing" || result.status === "continue") continue;
      if (result.status === "pass") passed++;
      break;
    }
  }
  return passed;
}

/** 0, 1, 2: a loss, a draw, a win. */
function game(random: Random, draw: number, score: number): number {
  const bits = random.bits();
  if (bits < threshold(draw)) return 1;
  return bits < threshold(draw + score - draw / 2) ? 2 : 0;
}

/** Two games of one opening, which favours white by up to 30 points of score; the sides are swapped. */
function pair(random: Random, draw: number): number {
  const favour = random.unit() * 0.3;
  return game(random, draw, Math.min(0.5 + favour, 1 - draw / 2)) + game(random, draw, Math.max(0.5 - favour, draw / 2));
}
