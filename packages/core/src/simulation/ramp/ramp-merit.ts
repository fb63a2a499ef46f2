import type { RampCheck, RampPolicy } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import { logNormalQuantile } from "../log-normal.ts";
import type { PerVersion } from "../world.ts";
import type { RampWorld } from "./ramp-world.ts";

/** Floats of a world are decimals that people wrote. */
const TOLERANCE = 1e-9;

/**
 * Is the challenger truly what every check asks for? A figure exactly at a margin keeps it; a gain exactly as large as the
 * one that is asked for is none.
 */
export function deservesRamp(policy: RampPolicy, world: RampWorld): boolean {
  return policy.checks.every((check) => keeps(check, world));
}

/** Does it truly keep every margin, limit and never? Improvement is not asked: to bring none is no harm. */
export function isHarmlessRamp(policy: RampPolicy, world: RampWorld): boolean {
  return policy.checks.every((check) => check.kind === "improveBy" || keeps(check, world));
}

function keeps(check: RampCheck, world: RampWorld): boolean {
  const { champion, challenger } = truthOf(check, world);
  if (check.kind === "cap") return challenger <= check.atMost + TOLERANCE;
  if (check.kind === "never") return challenger === 0;
  const gain = check.better === "higher" ? challenger - champion : champion - challenger;
  const margin = toNumber(check.margin) * Math.abs(champion);
  if (check.kind === "improveBy") return gain > margin + TOLERANCE * Math.abs(champion);
  return gain >= -(champion === 0 ? toNumber(check.floor) : margin) - TOLERANCE * Math.max(1, Math.abs(champion));
}

/** Both true figures. The mean of log-normal values changes as their median does, since the world changes their scale. */
function truthOf(check: RampCheck, { rates, ratios, values }: RampWorld): PerVersion<number> {
  const spread = values[check.metric];
  if (spread === undefined) return rates[check.metric] ?? ratios[check.metric] ?? { champion: 0, challenger: 0 };
  const quantile = check.kind === "cap" ? check.quantile : check.kind !== "never" && check.figure.kind === "quantile" ? check.figure.quantile : null;
  const figure = (version: keyof PerVersion<number>) => (quantile === null ? meanOf(spread[version]) : logNormalQuantile(spread[version], toNumber(quantile)));
  return { champion: figure("champion"), challenger: figure("challenger") };
}

const Z95 = 1.6448536269514722;

/** exp(μ + σ²/2). */
function meanOf({ p50, p95 }: { readonly p50: number; readonly p95: number }): number {
  return p50 * Math.exp((Math.log(p95 / p50) / Z95) ** 2 / 2);
}
