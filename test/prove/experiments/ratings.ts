import { decide, headTest, NO_RECORDS, overshootOf, recordLlr, scoreOfElo, eloOfScore, type HeadRule, type HeadUnit, type Observation, type OvershootRecord, type RatingPolicy } from "@gauntlet/core";

import { ratingObservation, ratingPolicy } from "../../../packages/core/src/testing/rating-observation.ts";
import type { Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const UNITS_MAX = 4000;
const LOOK = 10;
const RUNS = { short: 100, long: 20_000 };

/** Two players, of whom one is so much stronger in the mean of both seats. */
interface Play {
  readonly elo: number;
  readonly draw: number;
  /** Whether the openings are played twice, with seats swapped; each favours the first seat by up to 30 points of score. */
  readonly paired: boolean;
}

/** I11 for promotions by matches: whole decisions, and the test that they go by, where the challenger is exactly what is not enough. */
export function ratingExperiments(): readonly Experiment[] {
  const made = { guarantee: "asymptotic", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: RUNS } as const;
  const test = { ...made, method: "GSPRT with overshoot, logistic 0/50 Elo, burn-in 50 games", columns: ["every result"], reference: "≤ .052 without overshoot" } as const;
  const policy = { ...made, method: "strict rating policy, 25/75 Elo", columns: ["every 10 results"] } as const;
  const promoted = (play: Play, mode: Mode, verdict: "promote" | "rollback" = "promote"): Experiment["simulate"] => (random, runs) => [count(runs, () => isDecided(random, play, { mode, verdict }))];
  return [
    ...[0.2, 0.8].map((draw): Experiment => ({ ...test, id: `rating-sprt-${draw}`, world: `single games, draw rate ${draw}, equal players`, simulate: (random, runs) => [count(runs, () => passes(random, { elo: 0, draw, paired: false }))] })),
    { ...test, id: "rating-sprt-pairs", world: "pairs of games, draw rate 0.4, openings that favour one seat, equal players", simulate: (random, runs) => [count(runs, () => passes(random, { elo: 0, draw: 0.4, paired: true }))] },
    { ...policy, id: "rating-policy", world: "single games, draw rate 0.4, exactly 25 Elo stronger", simulate: promoted({ elo: 25, draw: 0.4, paired: false }, "strict") },
    { ...policy, id: "rating-policy-pairs", world: "pairs of games, exactly 25 Elo stronger", simulate: promoted({ elo: 25, draw: 0.4, paired: true }, "strict") },
    { ...policy, id: "rating-harm", world: "single games, equal players: put away for harm", alpha: 0.001, simulate: promoted({ elo: 0, draw: 0.4, paired: false }, "strict", "rollback") },
    { ...policy, id: "rating-tier", method: "strict rating policy, tier from 1100 Elo", world: "games against an anchor of 1000, draw rate 0.4, of exactly 1100 Elo", runs: { short: 60, long: 8000 }, simulate: promoted({ elo: 100, draw: 0.4, paired: false }, "tier") },
    { ...policy, id: "rating-found", world: "pairs of games, 75 Elo stronger", alpha: 0.8, expects: "breaks", note: "not a null world: it must be promoted nearly always (β is 5 %)", runs: { short: 100, long: 4000 }, simulate: promoted({ elo: 75, draw: 0.4, paired: true }, "strict") },
    { ...policy, id: "rating-twice", world: "single games that are all recorded twice, exactly 25 Elo stronger", runs: { short: 400, long: 20_000 }, expects: "breaks", note: "what counting a game twice does: an id counts once", simulate: promoted({ elo: 25, draw: 0.4, paired: false }, "twice") },
    { ...policy, id: "rating-compat", method: "compat rating policy, 25 Elo", world: "single games, equal players: points are compared as they are", guarantee: "fixed-sample", expects: "breaks", note: "why compat mode is not the default", simulate: promoted({ elo: 0, draw: 0.4, paired: false }, "compat") },
  ];
}

type Mode = "strict" | "tier" | "twice" | "compat";

function count(runs: number, happens: () => boolean): number {
  let found = 0;
  for (let run = 0; run < runs; run++) if (happens()) found++;
  return found;
}

const RULE: HeadRule = { elo0: 0, elo1: 50, scale: "logistic", alpha: ALPHA, beta: 0.05 };

/** What two players made so far, and the path of the test, as the observation of a decision has them. */
interface Table {
  readonly singles: { wins: number; draws: number; losses: number };
  readonly pairs: [number, number, number, number, number];
  units: number;
  games: number;
  /** Of the points of each result, and of their squares. */
  sum: number;
  squares: number;
  record: OvershootRecord;
}

function newTable(): Table {
  return { singles: { wins: 0, draws: 0, losses: 0 }, pairs: [0, 0, 0, 0, 0], units: 0, games: 0, sum: 0, squares: 0, record: NO_RECORDS };
}

function enter(table: Table, { kind, halves }: HeadUnit, rule: HeadRule): void {
  if (kind === "pair") table.pairs[halves]++;
  else table.singles[halves === 2 ? "wins" : halves === 1 ? "draws" : "losses"]++;
  const points = halves / (kind === "pair" ? 4 : 2);
  table.units++;
  table.games += kind === "pair" ? 2 : 1;
  table.sum += points;
  table.squares += points * points;
  table.record = recordLlr(table.record, headTest(table, rule, null)?.llr ?? 0);
}

function passes(random: Random, play: Play): boolean {
  const table = newTable();
  while (table.units < UNITS_MAX) {
    enter(table, played(random, play), RULE);
    const test = table.games < 50 ? null : headTest(table, RULE, overshootOf(table.record));
    if (test !== null && test.status !== "continue") return test.status === "pass";
  }
  return false;
}

const CRITERIA: RatingPolicy["criteria"] = { ...ratingPolicy().criteria, minEloImprovement: { parts: 25, of: 1 }, minGames: 50, minWinRate: { parts: 1, of: 2 } };
const POLICY: Partial<RatingPolicy> = { criteria: CRITERIA, sprt: { width: { parts: 50, of: 1 }, beta: { parts: 1, of: 20 }, scale: "logistic" } };

const TIER: Partial<RatingPolicy> = { promotion: "tier", baseline: { kind: "none" }, tier: { target: "D2", minGames: 100, ladder: [{ name: "D2", elo: { parts: 1100, of: 1 } }] } };

function isDecided(random: Random, play: Play, { mode, verdict }: { readonly mode: Mode; readonly verdict: "promote" | "rollback" }): boolean {
  const table = newTable();
  let elo = 1500;
  while (table.units < UNITS_MAX) {
    const unit = played(random, play);
    for (let copy = 0; copy < (mode === "twice" ? 2 : 1); copy++) enter(table, unit, { ...RULE, elo0: 25, elo1: 75 });
    // Both move by the same, so that the opponent has what is missing to 3000.
    if (mode === "compat") elo += 32 * (unit.halves / 2 - scoreOfElo(2 * elo - 3000));
    if (table.units % LOOK !== 0) continue;
    const observation = observed(table, mode, elo);
    const found = decide(observation.rollout.policy, observation);
    // What compat mode refuses is asked again at the next look, as its loop does.
    if (found.verdict !== "hold" && (mode !== "compat" || found.verdict === "promote")) return found.verdict === verdict;
  }
  return false;
}

/** The fit of two players alone is their points, and its standard error that of the points. */
function observed({ singles, pairs, units, games, sum, squares, record }: Table, mode: Mode, elo: number): Observation {
  const mean = sum / units;
  const difference = eloOfScore(mean);
  const slope = 400 / Math.LN10 / (mean * (1 - mean));
  const standardError = slope * Math.sqrt((squares / units - mean * mean) / units);
  if (mode === "tier") {
    const fitted = difference === null ? null : { elo: 1000 + difference, standardError, anchored: true };
    return ratingObservation({ policy: TIER, view: { challenger: { participant: "x", service: { elo, games, winRate: mean }, fitted } } });
  }
  return ratingObservation({
    policy: { ...POLICY, mode: mode === "compat" ? "compat" : "strict" },
    head: { singles: { ...singles }, pairs: [...pairs], games, overshoot: overshootOf(record) },
    challenger: { elo, games, winRate: mean },
    baseline: { elo: 3000 - elo, games, winRate: 1 - mean },
    view: { difference: difference === null ? { kind: "incomparable" } : { kind: "comparable", difference, standardError, superiority: 0.5 } },
  });
}

function played(random: Random, { elo, draw, paired }: Play): HeadUnit {
  const score = scoreOfElo(elo);
  if (!paired) return { kind: "single", halves: game(random, draw, score) };
  const favour = Math.min(random.unit() * 0.3, 1 - draw / 2 - score, score - draw / 2);
  return { kind: "pair", halves: (game(random, draw, score + favour) + game(random, draw, score - favour)) as 0 | 1 | 2 | 3 | 4 };
}

/** 0, 1, 2: a loss, a draw, a win. */
function game(random: Random, draw: number, score: number): 0 | 1 | 2 {
  const bits = random.bits();
  if (bits < threshold(draw)) return 1;
  return bits < threshold(draw + score - draw / 2) ? 2 : 0;
}
