import type { RampPolicy } from "../../policy/ramp-policy.ts";
import { randomStream } from "../random.ts";
import type { SimulatedRun } from "../simulate-run.ts";
import { pointOf, type OperatingPoint } from "../summarise.ts";
import { rampDesignOf } from "./ramp-design.ts";
import { deservesRamp, isHarmlessRamp } from "./ramp-merit.ts";
import { rampEffectOf, type RampWorld } from "./ramp-world.ts";
import { simulateRampRun } from "./simulate-ramp-run.ts";

export interface RampSimulation {
  readonly policy: RampPolicy;
  readonly world: RampWorld;
  readonly seed: number;
  /** Runs `from` to `to` − 1. Run i is the same whatever else is run beside it, so runs can be spread over threads. */
  readonly from: number;
  readonly to: number;
  /** Told after each run. */
  readonly onRun?: () => void;
}

/** Streams of the naive runs, far from those of the policy's. */
const NAIVE_STREAMS = 2 ** 40;

/** Runs a ramp again and again in a world. @throws Failure `invalid_input` as `rampDesignOf` does. */
export function simulateRamp({ policy, world, seed, from, to, onRun }: RampSimulation): readonly SimulatedRun[] {
  const design = rampDesignOf(policy, world);
  return Array.from({ length: to - from }, (_, index) => {
    const run = simulateRampRun(design, { policy: randomStream(seed, from + index), naive: randomStream(seed, NAIVE_STREAMS + from + index) });
    onRun?.();
    return run;
  });
}

/** What the runs of a ramp in a world come to. */
export function summariseRamp(policy: RampPolicy, world: RampWorld, runs: readonly SimulatedRun[]): OperatingPoint {
  const names = policy.stages.filter(({ dwellMs }) => dwellMs !== null).map(({ name }) => name);
  return pointOf({ effect: Number(rampEffectOf(world).toPrecision(9)) + 0, deserving: deservesRamp(policy, world), harmless: isHarmlessRamp(policy, world), stages: names }, runs);
}
