import { beginWatching, checkMonitor, outcomeReading, ratingReading, type AbtestPolicy, type Evidence, type MonitorReading, type MonitorRules, type PolicyMode, type RatingFacts } from "@gauntlet/core";

import { abtestPolicy, rolloutOf } from "../../../packages/core/src/testing/observation.ts";
import type { Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";

const CHECKS = 60;
const ALPHA = 0.01;
const RUNS = { short: 100, long: 4000 };

/** The least margins that there are: nothing but the error bound keeps a version that is no worse from being taken back. */
const RULES: MonitorRules = {
  mode: "rollback",
  watchMs: null,
  everyMs: 0,
  windowMs: 1e12,
  consecutive: 1,
  minSamples: 20,
  alpha: { parts: 1, of: 100 },
  severeTimes: { parts: 2, of: 1 },
  rating: { dropMax: { parts: 1, of: 1000 }, winRateMin: null, adaptive: false },
  cooldownMs: 0,
  perDayMax: null,
  escalation: false,
};

/** I20's other side: a version that is no worse than what served before is taken back with alpha at most, however long it is watched. */
export function monitorExperiments(): readonly Experiment[] {
  const made = { alpha: ALPHA, expects: "holds", note: null, reference: null, runs: RUNS, columns: [`${CHECKS} checks`] } as const;
  const method = "monitor, strict";
  return [
    { ...made, id: "monitor-rating", method, guarantee: "asymptotic", world: "equal players; 60 games before the promotion, 20 more at each check", simulate: (random, runs) => [count(runs, () => ratings(random, { mode: "strict", rules: RULES, chance: 0.5 }))] },
    { ...made, id: "monitor-floor", method, guarantee: "exact", world: "exactly the least share of points, 40 %, 20 games a check", simulate: (random, runs) => [count(runs, () => ratings(random, { mode: "strict", rules: { ...RULES, rating: { ...RULES.rating, dropMax: { parts: 9999, of: 1 }, winRateMin: { parts: 2, of: 5 } } }, chance: 0.4 }))] },
    { ...made, id: "monitor-rate", method, guarantee: "exact", runs: { short: 50, long: 1000 }, world: "equal rates of 2 %, no margin; 2,000 outcomes of before, 200 more at each check", simulate: (random, runs) => [count(runs, () => rates(random))] },
    { ...made, id: "monitor-found", method, guarantee: "asymptotic", alpha: 0.8, expects: "breaks", note: "not a null world: it must be taken back nearly always", world: "35 % of its games won; 60 games before the promotion, 20 more at each check", simulate: (random, runs) => [count(runs, () => ratings(random, { mode: "strict", rules: RULES, chance: 0.35 }))] },
    {
      ...made,
      id: "monitor-compat",
      method: "monitor, compat: −30 points three times, or −60",
      guarantee: "fixed-sample",
      world: "equal players, incremental Elo; 20 games more at each check",
      expects: "breaks",
      note: "why compat mode is not the default",
      simulate: (random, runs) => [count(runs, () => ratings(random, { mode: "compat", rules: { ...RULES, consecutive: 3, rating: { ...RULES.rating, dropMax: { parts: 30, of: 1 } } }, chance: 0.5 }))],
    },
  ];
}

function count(runs: number, happens: () => boolean): number {
  let found = 0;
  for (let run = 0; run < runs; run++) if (happens()) found++;
  return found;
}

/** Whether it is ever taken back. */
function isTakenBack(rules: MonitorRules, readings: (check: number) => MonitorReading): boolean {
  let state = beginWatching({ model: "m", watched: "m-1", from: "2", to: "1", since: 0 });
  for (let check = 1; check <= CHECKS; check++) {
    state = checkMonitor(rules, state, readings(check)).state;
    if (state.triggered !== null) return true;
  }
  return false;
}

const BEFORE = 60;
const A_CHECK = 20;
const ELO = 400 / Math.LN10;

interface Played {
  readonly mode: PolicyMode;
  readonly rules: MonitorRules;
  /** Of a win. */
  readonly chance: number;
}

function ratings(random: Random, { mode, rules, chance }: Played): boolean {
  const isWon = threshold(chance);
  let [wins, losses, elo, own] = [0, 0, 1500, 0];
  const play = (games: number): void => {
    for (let i = 0; i < games; i++) {
      const won = random.bits() < isWon;
      if (won) wins++;
      else losses++;
      // Both began with 1500, and what one loses the other wins.
      elo += 32 * ((won ? 1 : 0) - 1 / (1 + 10 ** ((3000 - 2 * elo) / 400)));
    }
  };
  play(BEFORE);
  const before = { wins, elo };
  return isTakenBack(rules, (check) => {
    play(A_CHECK);
    own = check * A_CHECK;
    const difference: RatingFacts["difference"] = wins === 0 || losses === 0 ? null : { value: ELO * Math.log(wins / losses), standardError: ELO * Math.sqrt(1 / wins + 1 / losses), games: BEFORE + own, before: BEFORE };
    const facts: RatingFacts = { board: "b", service: { elo, games: BEFORE + own, winRate: 0.5 }, baselineElo: before.elo, previousElo: null, since: { games: own, against: { games: own, points: wins - before.wins } }, difference };
    return ratingReading(facts, { rules, mode, at: check });
  });
}

const RATE = 0.02;
const POLICY: Partial<AbtestPolicy> = { harm: [], checks: [{ kind: "rate", metric: "error", increaseMax: { parts: 0, of: 1 } }] };

function rates(random: Random): boolean {
  const isError = threshold(RATE);
  const draw = (n: number): number => count(n, () => random.bits() < isError);
  const rollout = rolloutOf(abtestPolicy(POLICY));
  const evidence = (version: string, hits: number, n: number): Evidence => [
    { version, slot: "champion", mode: "live", metric: "error", statistic: { kind: "rate", hits, n } },
    { version, slot: "champion", mode: "live", metric: "scored", statistic: { kind: "count", n } },
  ];
  const before = evidence("1", draw(2000), 2000);
  let hits = 0;
  return isTakenBack(RULES, (check) => {
    hits += draw(200);
    const since = evidence("2", hits, 200 * check);
    return outcomeReading({ rollout, before, since, mature: since }, { rules: RULES, at: check });
  });
}
