import { accumulator, decide, type AbtestPolicy, type CheckRule, type Observation } from "@gauntlet/core";

import { measuredObservation } from "../../../packages/core/src/testing/measured.ts";
import type { Experiment } from "../experiment.ts";
import type { Random } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const DAY = 86_400_000;
const WINDOW = { minMs: 14 * DAY, maxMs: 28 * DAY };
const RUNS = { short: 200, long: 20_000 };

/** A policy with one check on one metric, exactly on the border of what it allows. */
interface Gate {
  readonly id: string;
  readonly world: string;
  readonly check: CheckRule;
  readonly kind: "rate" | "moments";
  readonly champion: (random: Random) => number;
  readonly challenger: (random: Random) => number;
}

/** I11 for the checks on rates and means: whole decisions of strict policies, at two looks and watched. */
export function gateExperiments(): readonly Experiment[] {
  const made = { guarantee: "mixed", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: RUNS, columns: ["promoted"] } as const;
  return gates().flatMap((gate): readonly Experiment[] => [
    { ...made, id: `gate-${gate.id}`, method: "strict policy of one check, two looks", world: gate.world, simulate: (random, runs) => [simulate(gate, { random, runs, monitoring: "looks", sizes: [2000, 4000] })] },
    { ...made, id: `gate-watched-${gate.id}`, method: "strict policy of one check, watched (8 looks)", world: gate.world, simulate: (random, runs) => [simulate(gate, { random, runs, monitoring: "continuous", sizes: [250, 500, 750, 1000, 1500, 2000, 3000, 4000] })] },
  ]);
}

const hit = (rate: number) => (random: Random) => (random.unit() < rate ? 1 : 0);
const logNormal = (factor: number) => (random: Random) => Math.round(factor * 50_000 * Math.exp(random.normal())) / 1000;

function gates(): readonly Gate[] {
  const compared = (ask: "improveBy" | "noWorseThan" | "within", better: "higher" | "lower", margin: { readonly parts: number; readonly of: number }, basis: "relative" | "absolute" = "absolute") => ({ metric: "m", ask, better, margin, basis }) as const;
  return [
    { id: "rate-rare", world: "errors .2 % against .4 %, exactly on a margin of .2 points; 4 to 16 errors", kind: "rate", champion: hit(0.002), challenger: hit(0.004), check: { kind: "rate", metric: "m", increaseMax: { parts: 2, of: 1000 } } },
    { id: "not-worse", world: "rates .05 against .055, exactly 10 % worse", kind: "rate", champion: hit(0.05), challenger: hit(0.055), check: { kind: "proportion", ...compared("noWorseThan", "lower", { parts: 1, of: 10 }, "relative") } },
    { id: "better", world: "rates .50 against .52, exactly the asked-for improvement", kind: "rate", champion: hit(0.5), challenger: hit(0.52), check: { kind: "proportion", ...compared("improveBy", "higher", { parts: 2, of: 100 }) } },
    { id: "better-rare", world: "rates .01 against .015, exactly the asked-for improvement", kind: "rate", champion: hit(0.01), challenger: hit(0.015), check: { kind: "proportion", ...compared("improveBy", "higher", { parts: 5, of: 1000 }) } },
    { id: "equal", world: "rates .10 against .13, exactly on the border of a band of 3 points", kind: "rate", champion: hit(0.1), challenger: hit(0.13), check: { kind: "proportion", ...compared("within", "higher", { parts: 3, of: 100 }) } },
    { id: "cap", world: "a rate of exactly its cap of .01", kind: "rate", champion: hit(0.01), challenger: hit(0.01), check: { kind: "bound", metric: "m", figure: { kind: "rate" }, atLeast: null, atMost: { parts: 1, of: 100 } } },
    { id: "mean", world: "mean latency exactly 10 % worse, log-normal, σ = 1", kind: "moments", champion: logNormal(1), challenger: logNormal(1.1), check: { kind: "mean", ...compared("noWorseThan", "lower", { parts: 1, of: 10 }, "relative") } },
    { id: "mean-better", world: "mean value exactly the asked-for 10 % better, log-normal, σ = 1", kind: "moments", champion: logNormal(1), challenger: logNormal(1.1), check: { kind: "mean", ...compared("improveBy", "higher", { parts: 1, of: 10 }, "relative") } },
  ];
}

interface Run {
  readonly random: Random;
  readonly runs: number;
  readonly monitoring: AbtestPolicy["monitoring"];
  /** Values of the challenger up to each look; the champion has four times as many. */
  readonly sizes: readonly number[];
}

function simulate(gate: Gate, { random, runs, monitoring, sizes }: Run): number {
  let promoted = 0;
  for (let run = 0; run < runs; run++) {
    const champion = accumulator(gate.kind);
    const challenger = accumulator(gate.kind);
    let n = 0;
    for (const [index, size] of sizes.entries()) {
      for (; n < size; n++) {
        challenger.add(gate.challenger(random));
        for (let i = 0; i < 4; i++) champion.add(gate.champion(random));
      }
      const measured = { champion: champion.freeze(), challenger: challenger.freeze() };
      const observation = atLook(measuredObservation(gate.check, measured, { monitoring, window: WINDOW, minSamples: 200 }), index === sizes.length - 1 ? 2 : 1);
      const { verdict } = decide(observation.rollout.policy, observation);
      if (verdict === "promote") promoted++;
      if (verdict !== "hold") break;
    }
  }
  return promoted;
}

function atLook(observation: Observation, number: 1 | 2): Observation {
  if (!observation.evidence.available) return observation;
  return { ...observation, evidence: { ...observation.evidence, look: { ...observation.evidence.look, number, of: 2 } } };
}
