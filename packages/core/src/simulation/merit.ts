import type { Comparison } from "../policy/policy-base.ts";
import type { CheckRule, HarmRule } from "../policy/check-rule.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import { toNumber } from "../policy/rational.ts";
import { logNormalQuantile } from "./log-normal.ts";
import { truthOf, type PerVersion, type World } from "./world.ts";

/** Floats of a world are decimals that people wrote: .8145 × 1.05 must count as 5 % more. */
const TOLERANCE = 1e-9;

/**
 * Is the challenger truly what every check asks for? A change of recall exactly at the threshold is not: it is the edge
 * of "no better than asked", where a test is most easily fooled.
 */
export function deserves(policy: AbtestPolicy, world: World): boolean {
  return policy.checks.every((rule) => meets(rule, world, policy.mode === "compat"));
}

/** Does the challenger truly keep within every harm rule? */
export function isHarmless(policy: AbtestPolicy, world: World): boolean {
  return policy.harm.every((rule) => keeps(rule, world));
}

/** Compat mode counts a rise of precision beyond its band as a loss. */
function meets(rule: CheckRule, world: World, compat: boolean): boolean {
  const { recall } = truthOf(world);
  switch (rule.kind) {
    case "superiority": {
      const change = rule.basis === "relative" ? recall.challenger / recall.champion - 1 : recall.challenger - recall.champion;
      return change > toNumber(rule.improveBy) + TOLERANCE;
    }
    case "band":
      return world.challenger.precisionChange >= -toNumber(rule.dropMax) - TOLERANCE && (!compat || world.challenger.precisionChange <= toNumber(rule.riseMax) + TOLERANCE);
    case "quantile": {
      const values = world.values[rule.metric];
      if (values === undefined) return false;
      const [champion, challenger] = [values.champion, values.challenger].map((one) => logNormalQuantile(one, toNumber(rule.quantile))) as [number, number];
      return challenger <= Math.min(rule.atMost, champion + rule.increaseMax) + TOLERANCE;
    }
    case "rate":
      return rises(world, rule.metric) <= toNumber(rule.increaseMax) + TOLERANCE;
    case "proportion":
      return compares(rule, world.rates[rule.metric]);
    case "bound":
      return lies(rule, world);
    default:
      // Offline scores are taken as passed; what else there is can't be simulated.
      return true;
  }
}

function compares({ better, ask, margin, basis }: Comparison, rate: PerVersion<number> | undefined): boolean {
  if (rate === undefined) return false;
  const gain = better === "higher" ? rate.challenger - rate.champion : rate.champion - rate.challenger;
  const allowed = toNumber(margin) * (basis === "relative" ? rate.champion : 1);
  switch (ask) {
    case "improveBy":
      return gain > allowed + TOLERANCE;
    case "noWorseThan":
      return gain >= -allowed - TOLERANCE;
    case "within":
      return Math.abs(gain) <= allowed + TOLERANCE;
  }
}

function lies({ metric, figure, atLeast, atMost }: Extract<CheckRule, { kind: "bound" }>, world: World): boolean {
  const values = world.values[metric];
  const value = figure.kind === "rate" ? world.rates[metric]?.challenger : figure.kind === "quantile" && values !== undefined ? logNormalQuantile(values.challenger, toNumber(figure.quantile)) : undefined;
  if (value === undefined) return false;
  return (atLeast === null || value >= toNumber(atLeast) - TOLERANCE) && (atMost === null || value <= toNumber(atMost) + TOLERANCE);
}

function keeps(rule: HarmRule, world: World): boolean {
  switch (rule.kind) {
    case "recall":
      return world.challenger.recallChange >= -TOLERANCE;
    case "rate":
      return rises(world, rule.metric) <= toNumber(rule.increaseMax) + TOLERANCE;
    case "quantile": {
      const values = world.values[rule.metric];
      return values !== undefined && logNormalQuantile(values.challenger, toNumber(rule.quantile)) <= rule.atMost + TOLERANCE;
    }
  }
}

function rises(world: World, metric: string): number {
  const rate = world.rates[metric];
  return rate === undefined ? Number.POSITIVE_INFINITY : rate.challenger - rate.champion;
}
