import { decide, type RampCheck, type RampPolicy } from "@gauntlet/core";

import { rampObservation, rampPolicy } from "../../../packages/core/src/testing/ramp-observation.ts";
import type { Experiment } from "../experiment.ts";
import type { Random } from "../random.ts";
import { ALPHA } from "./worlds.ts";

/** One stage of three days, then as many again, looked at twice a day; a tenth of the plans are the candidate's. */
interface StageWorld {
  readonly rates: readonly [champion: number, challenger: number];
  /** Of the candidate's, in three days. */
  readonly plans: number;
  readonly check: RampCheck;
  readonly stage: number;
  readonly mode: RampPolicy["mode"];
}

const TICKS_A_DAY = 2;
const DAYS = 7;
const CHAMPIONS = [9, 3, 1] as const;

function check(change: { readonly better: "higher" | "lower"; readonly margin: number }): RampCheck {
  return { kind: "noWorseThan", metric: "accepted", figure: { kind: "rate" }, better: change.better, margin: { parts: change.margin, of: 100 }, floor: { parts: 1, of: 200 } };
}

const BETTER: RampCheck = { kind: "improveBy", metric: "accepted", figure: { kind: "rate" }, better: "higher", margin: { parts: 0, of: 1 } };

/** How a stage ended: the first verdict that is no hold, or `hold`. */
function verdictOf({ rates, plans, check, stage, mode }: StageWorld, random: Random): string {
  const stages = rampPolicy().stages.map((one) => ({ ...one, dwellMs: one.dwellMs === null ? null : 3 * 86_400_000 }));
  const policy = { mode, checks: [check], stages, minSamples: plans } as const;
  const arms = { n: [0, 0], hits: [0, 0] };
  for (let tick = 1; tick <= DAYS * TICKS_A_DAY; tick++) {
    for (const arm of [0, 1] as const) {
      const until = Math.ceil((plans * (arm === 0 ? (CHAMPIONS[stage] as number) : 1) * tick) / (3 * TICKS_A_DAY));
      for (; (arms.n[arm] as number) < until; arms.n[arm]!++) if (random.unit() < rates[arm]) arms.hits[arm]!++;
    }
    const arm = (index: 0 | 1) => ({ live: arms.n[index] as number, accepted: [arms.hits[index] as number, arms.n[index] as number] as const });
    const observation = rampObservation({ policy, stage, day: tick / TICKS_A_DAY, champion: arm(0), challenger: arm(1) });
    const { verdict } = decide(observation.rollout.policy, observation);
    if (verdict !== "hold") return verdict;
  }
  return "hold";
}

const MADE = { method: "strict ramp, one stage", guarantee: "mixed", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: { short: 150, long: 10_000 } } as const;

/** What a stage of a ramp promises: who is no different seldom goes back, who is clearly worse seldom goes on, and noise does neither. */
export function rampExperiments(): readonly Experiment[] {
  const acceptance = check({ better: "higher", margin: 5 });
  const interventions = check({ better: "lower", margin: 5 });
  const world = (id: string, text: string, made: { readonly truth: StageWorld; readonly counted: string } & Partial<Experiment>): Experiment => {
    const { truth, counted, ...more } = made;
    const simulate = (random: Random, runs: number) => [Array.from({ length: runs }, () => verdictOf(truth, random)).filter((verdict) => verdict === counted).length];
    return { ...MADE, id: `ramp-${id}`, world: text, columns: [counted], simulate, ...more };
  };
  return [
    world("neutral", "acceptance .80 of both, 1000 plans beside 9000, margin 5 %", { counted: "rollback", truth: { rates: [0.8, 0.8], plans: 1000, check: acceptance, stage: 0, mode: "strict" }, reference: "0.00135 of points alone" }),
    world("noise", "interventions .04 of both, 1000 plans beside 9000, margin 5 %: the margin is finer than the noise", { counted: "rollback", truth: { rates: [0.04, 0.04], plans: 1000, check: interventions, stage: 0, mode: "strict" } }),
    world("worse", "acceptance .72 against .80, twice as far as the margin of 5 %, 1000 plans beside 9000", { counted: "advance", truth: { rates: [0.8, 0.72], plans: 1000, check: acceptance, stage: 0, mode: "strict" } }),
    world("no-better", "acceptance .80 of both, an improvement is asked for, 2000 plans beside 2000, looked at until twice the dwell", { counted: "promote", truth: { rates: [0.8, 0.8], plans: 2000, check: BETTER, stage: 2, mode: "strict" } }),
    world("found", "acceptance .65 against .80", { counted: "rollback", expects: "breaks", note: "not a null world: the stage must roll back, or a rate of 0 above would mean nothing", runs: { short: 60, long: 1000 }, truth: { rates: [0.8, 0.65], plans: 1000, check: acceptance, stage: 0, mode: "strict" } }),
    world("compat", "interventions .04 of both, 1000 plans beside 9000, margin 5 %: points are compared as they are", { counted: "rollback", method: "compat ramp, one stage", expects: "breaks", note: "why compat mode is not the default", reference: "0.380", truth: { rates: [0.04, 0.04], plans: 1000, check: interventions, stage: 0, mode: "compat" } }),
  ];
}
