import {
  askedOf,
  completeRampWorld,
  completeWorld,
  designOf,
  Failure,
  improvementAsked,
  rampDesignOf,
  summarise,
  summariseRamp,
  toNumber,
  usualRampEffects,
  withEffect,
  withRampEffect,
  type AbtestPolicy,
  type Assumption,
  type KnownWorld,
  type OperatingPoint,
  type Policy,
  type RampPolicy,
  type RampWorld,
  type SimulatedRun,
  type World,
} from "@gauntlet/core";

/** A policy in a world that has one effect. */
export type Tried = { readonly policy: AbtestPolicy; readonly world: World } | { readonly policy: RampPolicy; readonly world: RampWorld };

/** What is tried again and again, whatever the kind of policy. */
export interface Trial {
  readonly policy: AbtestPolicy | RampPolicy;
  readonly world: World | RampWorld;
  readonly assumed: readonly Assumption[];
  readonly metric: string;
  readonly asked: number | null;
  readonly usualEffects: readonly number[];
  /** @throws Failure `invalid_input` for an effect that the world can't have. */
  at(effect: number): Tried;
  summarise(tried: Tried, runs: readonly SimulatedRun[]): OperatingPoint;
}

/** @throws Failure `invalid_input` for a world, or a metric, that is not the policy's. */
export function trialOf(policy: Policy, known: KnownWorld, metric: string | null): Trial {
  switch (policy.kind) {
    case "abtest":
      return abtestTrial(policy, known, metric);
    case "ramp":
      return rampTrial(policy, known, metric);
    case "rating":
      throw new Failure("invalid_input", `${policy.name} judges by matches, which no world here plays`, { fix: "simulate an A/B test or a ramp; how often a sequential test of matches errs is in docs/proof.md" });
    case "slots":
      throw new Failure("invalid_input", `${policy.name} judges games of slots, which no world here plays`, { fix: "simulate an A/B test or a ramp; how often the test of games errs is in docs/proof.md" });
  }
}

function abtestTrial(policy: AbtestPolicy, known: KnownWorld, metric: string | null): Trial {
  const strange = (["ratios", "units"] as const).filter((part) => known[part] !== undefined);
  if (strange.length > 0) throw new Failure("invalid_input", `${strange.join(" and ")} of a world are read for ramps, and ${policy.name} is an A/B test`, { fix: "leave them out of the world" });
  if (metric !== null && metric !== "recall") throw new Failure("invalid_input", `effects of an A/B test are changes of recall, not of ${metric}`, { fix: "name a metric for ramps only" });
  const { world, assumed } = completeWorld(policy, known);
  return {
    policy,
    world,
    assumed,
    metric: "recall",
    asked: thresholdOf(policy, world),
    usualEffects: [-0.1, 0, improvementAsked(policy), 0.1, 0.2, world.challenger.recallChange],
    at(effect) {
      const one = withEffect(world, effect);
      designOf(policy, one);
      return { policy, world: one };
    },
    summarise: (tried, runs) => summarise(designOf(policy, tried.world as World), runs),
  };
}

function thresholdOf({ checks }: AbtestPolicy, { champion }: World): number | null {
  const rule = checks.find((one) => one.kind === "superiority");
  return rule === undefined ? null : toNumber(rule.improveBy) / (rule.basis === "relative" ? 1 : champion.recall);
}

function rampTrial(policy: RampPolicy, known: KnownWorld, metric: string | null): Trial {
  const { world, assumed } = completeRampWorld(policy, known, metric);
  const { better, margin } = askedOf(policy, world.metric);
  return {
    policy,
    world,
    assumed,
    metric: world.metric,
    asked: margin === 0 ? null : better === "higher" ? -margin : margin,
    usualEffects: usualRampEffects(policy, world),
    at(effect) {
      const one = withRampEffect(world, effect);
      rampDesignOf(policy, one);
      return { policy, world: one };
    },
    summarise: (tried, runs) => summariseRamp(policy, tried.world as RampWorld, runs),
  };
}
