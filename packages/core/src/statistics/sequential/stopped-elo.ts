import { requireInside } from "../input.ts";
import { eloOfScore, scoreOfElo, tOfNormalizedElo } from "./elo.ts";
import type { Nothing } from "./evidence.ts";
import { gsprt, type GsprtRule } from "./gsprt.ts";
import type { StoppedEstimate } from "./stopped-pairs.ts";

/**
 * The logistic Elo behind a GSPRT that has stopped; for pairs of games, of the score of a pair. The LLR is taken for a Brownian motion between its bounds, with
 * drift (s₁ − s₀)(μ − (s₀ + s₁)/2)/σ² and variance (s₁ − s₀)²/σ² a unit; outcomes are ordered by stage, so that passing
 * earlier is more and failing earlier is less; the estimate solves P(this outcome or more) = ½ (Siegmund 1985, ch. IV).
 * Asymptotic: it ignores overshoot and that σ is estimated, and holds for a test that was looked at after every unit.
 */
export function stoppedElo(counts: readonly number[], rule: GsprtRule, level: number): StoppedEstimate | Nothing {
  requireInside("level", level);
  const test = gsprt(counts, rule, null);
  if (test.kind === "nothing") return test;
  if (test.status === "continue") return { kind: "nothing", because: "the test has not stopped" };
  const scores = hypotheses(counts, rule, test.deviation);
  const distance = scores.s1 - scores.s0;
  const variance = (distance / test.deviation) ** 2;
  const motion = { down: -test.lower, up: test.upper, variance, time: test.n };
  const orMore = (mean: number): number => {
    const drift = (distance * (mean - (scores.s0 + scores.s1) / 2)) / test.deviation ** 2;
    return test.status === "pass" ? hitsUpBy(motion, drift) : 1 - hitsUpBy({ ...motion, up: motion.down, down: motion.up }, -drift);
  };
  const elo = (probability: number) => eloOfScore(solveMean((mean) => orMore(mean) - probability)) as number;
  const tail = (1 - level) / 2;
  return { kind: "estimate", value: elo(0.5), low: elo(tail), high: elo(1 - tail), level, guarantee: "asymptotic" };
}

function hypotheses(counts: readonly number[], { elo0, elo1, scale }: GsprtRule, deviation: number): { readonly s0: number; readonly s1: number } {
  const score = (elo: number) => (scale === "logistic" ? scoreOfElo(elo) : 0.5 + tOfNormalizedElo(elo, counts.length === 5 ? 2 : 1) * deviation);
  return { s0: score(elo0), s1: score(elo1) };
}

interface Motion {
  /** Distances to the bounds. */
  readonly down: number;
  readonly up: number;
  /** Of a unit of time. */
  readonly variance: number;
  readonly time: number;
}

/** The same for any time; a drift that is far off must not overflow. */
function everUp({ down, up, tilt }: { readonly down: number; readonly up: number; readonly tilt: number }): number {
  const width = down + up;
  if (Math.abs(tilt * width) < 1e-9) return down / width;
  if (tilt > 0) return Math.expm1(-2 * tilt * down) / Math.expm1(-2 * tilt * width);
  return (Math.exp(2 * tilt * up) * Math.expm1(2 * tilt * down)) / Math.expm1(2 * tilt * width);
}

/** P(a Brownian motion reaches `up` by `time`, and `−down` not before): the sine series of Darling & Siegert (1953). */
function hitsUpBy({ down, up, variance, time }: Motion, drift: number): number {
  const width = down + up;
  const tilt = drift / variance;
  const ever = everUp({ down, up, tilt });
  const still = (drift * drift) / (2 * variance);
  let later = 0;
  for (let k = 1; k < 2000; k++) {
    const rate = (k * k * Math.PI * Math.PI * variance) / (2 * width * width) + still;
    const size = Math.exp(tilt * up - rate * time) * (k / rate);
    later += (k % 2 === 1 ? 1 : -1) * Math.sin((k * Math.PI * down) / width) * size;
    if (size < 1e-16) break;
  }
  return Math.min(1, Math.max(0, ever - ((Math.PI * variance) / (width * width)) * later));
}

function solveMean(rising: (mean: number) => number): number {
  let low = 1e-9;
  let high = 1 - 1e-9;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
