import { normalQuantile } from "../../statistics/normal.ts";
import { normalBoundary, rhoFor } from "../../statistics/sequential/normal-mixture.ts";
import type { Watching } from "../sequences.ts";

/** How far an estimate lies on the good side of a bound, and the variance of that distance for one observation of the challenger. */
export interface Distance {
  readonly distance: number;
  readonly variance: number;
}

export interface Judging {
  readonly alpha: number;
  readonly watching: Watching | null;
  /** Observations of both arms for each one of the challenger: how a sequence counts. */
  readonly perChallenger: number;
}

const POWER = 0.8;

/**
 * Observations of the challenger with which every bound would be shown with 80 % power, if the truth is as it looks now:
 * n = ((z_α + z_power)·σ/δ)², the normal approximation; watched all the time, the sequence's multiplier at n stands for z_α.
 * null when the estimate is on the wrong side, or shows no variance: no number of observations follows from that.
 */
export function observationsNeeded(distances: readonly Distance[], judging: Judging): number | null {
  const needs = distances.map((distance) => neededFor(distance, judging));
  const least = Math.max(2, ...needs.map((need) => need ?? Number.POSITIVE_INFINITY));
  return Number.isSafeInteger(least) ? least : null;
}

function neededFor({ distance, variance }: Distance, { alpha, watching, perChallenger }: Judging): number | null {
  if (!(distance > 0) || !(variance > 0)) return null;
  const power = normalQuantile(POWER);
  const atWeight = (critical: number) => ((critical + power) / distance) * variance * ((critical + power) / distance);
  if (watching === null) return Math.ceil(atWeight(-normalQuantile(alpha)));
  // The multiplier grows like √ln n, so that this settles after a few steps.
  let n = 2;
  for (let step = 0; step < 60; step++) {
    const next = atWeight(sequenceMultiplier(Math.max(2, n * perChallenger), watching));
    if (!Number.isFinite(next) || Math.abs(next - n) < 0.5) return Number.isFinite(next) ? Math.ceil(next) : null;
    n = next;
  }
  return Math.ceil(n);
}

/** How many standard errors to either side the asymptotic confidence sequence reaches after `n` observations. */
export function sequenceMultiplier(n: number, { alpha, tunedAt }: Watching): number {
  return normalBoundary({ rho: rhoFor(tunedAt, alpha, 2), sides: 2 }, n, alpha) / Math.sqrt(n);
}
