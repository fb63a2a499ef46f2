import { requireInside } from "../input.ts";
import { normalQuantile } from "../normal.ts";
import { eloOfScore } from "./elo.ts";

/** A sequential test of a mean between 0 and 1, where it stands. */
export interface WatchedTest {
  /** The hypotheses: the mean is at most s0, or at least s1. */
  readonly s0: number;
  readonly s1: number;
  /** Σ n/σ² over its results: the inverse of the variance of their mean. */
  readonly information: number;
  readonly llr: number;
  /** Wald's, without overshoot: below 0 and above it. */
  readonly lower: number;
  readonly upper: number;
}

export interface WatchedEstimate {
  /** Logistic Elo, median-unbiased. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** P(a worse outcome) if both were equal: the likelihood that the mean is above ½. */
  readonly superiority: number;
}

/**
 * The Elo behind a sequential test that was looked at all the time: the point of the results is too high where the test stopped
 * because it was high. The log-likelihood ratio is taken for a Brownian motion between its bounds, with drift
 * (s₁ − s₀)(μ − (s₀ + s₁)/2) and variance (s₁ − s₀)² per unit of information. Outcomes are ordered: failing early is least, then
 * failing late, going on, by where it stands, passing late, and passing early is most. The estimate solves P(this outcome or
 * more) = ½ (Siegmund 1985, ch. IV), the interval its tails. A test that is found beyond a bound crossed it where its line did.
 * Asymptotic, and of the order of a step's overshoot.
 */
export function sprtEstimate(test: WatchedTest, level: number): WatchedEstimate {
  requireInside("level", level);
  const stood = crossed(test);
  const solve = (share: number): number => eloOfScore(meanWith(stood, share)) as number;
  const tail = (1 - level) / 2;
  return { value: solve(0.5), low: solve(tail), high: solve(1 - tail), level, superiority: 1 - orMore(stood, tiltOf(stood, 0.5)) };
}

/** A motion that began at 0, and where it is, or was when it reached a bound. */
interface Stood {
  readonly middle: number;
  readonly distance: number;
  /** The variance that it has run through. */
  readonly variance: number;
  readonly down: number;
  readonly up: number;
  readonly at: number;
}

function crossed({ s0, s1, information, llr, lower, upper }: WatchedTest): Stood {
  const at = Math.min(upper, Math.max(lower, llr));
  const distance = s1 - s0;
  // Along a straight line from the beginning.
  const share = at === llr || llr === 0 ? 1 : at / llr;
  return { middle: (s0 + s1) / 2, distance, variance: share * information * distance * distance, down: -lower, up: upper, at };
}

/** Drift over variance. */
function tiltOf({ middle, distance }: Stood, mean: number): number {
  return (mean - middle) / distance;
}

/** P(this outcome or more): reaching the upper bound before, or still being between the bounds and not lower (Darling & Siegert 1953). */
function orMore({ variance, down, up, at }: Stood, tilt: number): number {
  const width = down + up;
  const ever = Math.abs(tilt * width) < 1e-9 ? down / width : -Math.expm1(-2 * tilt * down) / -Math.expm1(-2 * tilt * width);
  const still = (tilt * tilt) / 2;
  const [highest, here] = [Math.exp(tilt * up), Math.exp(tilt * at)];
  const over = at === up;
  let sum = 0;
  for (let k = 1; k < 2000; k++) {
    const wave = (k * Math.PI) / width;
    const rate = (wave * wave) / 2 + still;
    const left = Math.exp(-rate * variance);
    const upTo = (k % 2 === 0 ? -1 : 1) * wave * highest;
    // Those that would reach the bound later, less those that are above `at` now.
    const phase = wave * (at + down);
    const above = over ? 0 : upTo - here * (tilt * Math.sin(phase) - wave * Math.cos(phase));
    sum += (left * Math.sin(wave * down) * (above - upTo)) / (rate * width);
    if (left * wave * Math.max(highest, here) < 1e-12 * rate * width) break;
  }
  return Math.min(1, Math.max(0, ever + sum));
}

/** Begins where the mean would be if no bound were in sight; then the Illinois variant of regula falsi. */
function meanWith(stood: Stood, share: number): number {
  const error = stood.distance / Math.sqrt(stood.variance);
  const centre = Math.min(0.99, Math.max(0.01, stood.middle + (stood.at / stood.variance) * stood.distance + normalQuantile(share) * error));
  const off = (mean: number): number => orMore(stood, tiltOf(stood, mean)) - share;
  const end = (step: number): readonly [number, number] => {
    for (let times = 1; times <= 60; times++) {
      const mean = Math.min(1 - 1e-6, Math.max(1e-6, centre + times * step));
      const value = off(mean);
      if (value * step >= 0 || mean === 1e-6 || mean === 1 - 1e-6) return [mean, value];
    }
    return [centre + 60 * step, step];
  };
  let [low, atLow] = end(-error / 2);
  let [high, atHigh] = end(error / 2);
  for (let step = 0; step < 60 && Math.abs(high - low) > 1e-7 * error; step++) {
    const middle = atLow === atHigh ? (low + high) / 2 : (low * atHigh - high * atLow) / (atHigh - atLow);
    const value = off(middle);
    if (value * atHigh <= 0) {
      low = high;
      atLow = atHigh;
    } else atLow /= 2;
    high = middle;
    atHigh = value;
    if (Math.abs(value) < 1e-9) break;
  }
  return high;
}
