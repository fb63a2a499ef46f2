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

/**
 * Is it truly no worse than the champion, by no margin at all, and within every limit? Only then a rollback is false: between
 * that and the margin, either end of the rollout is right.
 */
export function isHarmlessRamp(policy: RampPolicy, world: RampWorld): boolean {
  return policy.checks.every((check) => check.kind === "improveBy" || (check.kind === "noWorseThan" ? gainOf(check, world) >= -TOLERANCE : keeps(check, world)));
}

/** Does it truly break a margin, a limit or a never? Whoever it serves meanwhile is exposed to harm. To bring no improvement is no harm. */
export function isHarmfulRamp(policy: RampPolicy, world: RampWorld): boolean {
  return policy.checks.some((check) => check.kind !== "improveBy" && !keeps(check, world));
}

function keeps(check: RampCheck, world: RampWorld): boolean {
  const { champion, challenger } = truthOf(check, world);
  switch (check.kind) {
    case "cap":
      return challenger <= check.atMost * (1 + TOLERANCE);
    case "never":
      return challenger === 0;
    case "improveBy":
      return gainOf(check, world) > toNumber(check.margin) + TOLERANCE;
    case "noWorseThan":
      // A part of nothing is nothing: the floor is in the metric's own unit.
      return gainOf(check, world) >= -toNumber(champion === 0 ? check.floor : check.margin) - TOLERANCE;
  }
}

/** Relative to the champion's figure; where that is 0, in the metric's unit. */
function gainOf(check: Extract<RampCheck, { kind: "noWorseThan" | "improveBy" }>, world: RampWorld): number {
  const { champion, challenger } = truthOf(check, world);
  const gain = check.better === "higher" ? challenger - champion : champion - challenger;
  return champion === 0 ? gain : gain / champion;
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
