import type { AbtestPolicy } from "../policy/policy.ts";
import { designOf } from "./design.ts";
import { randomStream } from "./random.ts";
import { simulateRun, type SimulatedRun } from "./simulate-run.ts";
import type { World } from "./world.ts";

export interface Simulation {
  readonly policy: AbtestPolicy;
  readonly world: World;
  readonly seed: number;
  /** Runs `from` to `to` − 1. Run i is the same whatever else is run beside it, so runs can be spread over threads. */
  readonly from: number;
  readonly to: number;
  /** Told after each run. */
  readonly onRun?: () => void;
}

/** Runs a policy again and again in a world. @throws Failure `invalid_input` as `designOf` does. */
export function simulate({ policy, world, seed, from, to, onRun }: Simulation): readonly SimulatedRun[] {
  const design = designOf(policy, world);
  return Array.from({ length: to - from }, (_, index) => {
    const run = simulateRun(design, randomStream(seed, from + index));
    onRun?.();
    return run;
  });
}

/** The same world with another true change of recall, relative. */
export function withEffect(world: World, recallChange: number): World {
  return { ...world, challenger: { ...world.challenger, recallChange } };
}
