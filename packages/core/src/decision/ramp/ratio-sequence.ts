import { fieller } from "../../statistics/ratio-to-baseline.ts";
import { normalBoundary, rhoFor } from "../../statistics/sequential/normal-mixture.ts";
import type { Summary } from "../../statistics/summary.ts";
import type { Bounds, Watching } from "../sequences.ts";

/** Observations of each arm before an asymptotic sequence says anything: the central limit must have done its work. */
export const BURN_IN = 100;

/**
 * The ratio of two means at every look together: Fieller's set with the multiplier of the asymptotic confidence sequence
 * (Waudby-Smith et al. 2024). null early, without variance, and while the champion's mean can't be told from 0.
 */
export function ratioSequence(champion: Summary, challenger: Summary, { alpha, tunedAt }: Watching): Bounds | null {
  const n = champion.n + challenger.n;
  if (Math.min(champion.n, challenger.n) < BURN_IN) return null;
  return fieller(challenger, champion, normalBoundary({ rho: rhoFor(tunedAt, alpha, 2), sides: 2 }, n, alpha) / Math.sqrt(n));
}
