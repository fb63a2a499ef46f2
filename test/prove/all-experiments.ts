import type { Experiment } from "./experiment.ts";
import { asymptoticExperiments } from "./experiments/asymptotic.ts";
import { gameExperiments } from "./experiments/games.ts";
import { lateLabelExperiments } from "./experiments/late-labels.ts";
import { monitorExperiments } from "./experiments/monitor.ts";
import { pairedExperiments } from "./experiments/paired.ts";
import { gateExperiments } from "./experiments/gates.ts";
import { policyExperiments } from "./experiments/policy.ts";
import { quantileExperiments } from "./experiments/quantile.ts";
import { rateExperiments } from "./experiments/rate.ts";
import { rampExperiments } from "./experiments/ramp.ts";
import { ratingExperiments } from "./experiments/ratings.ts";
import { ratioExperiments } from "./experiments/ratio.ts";
import { recallExperiments } from "./experiments/recall.ts";
import { slotsExperiments } from "./experiments/slots.ts";
import { splitExperiments } from "./experiments/split.ts";
import { watchExperiments } from "./experiments/watch.ts";

/** Every null world, in the order of the table. */
export function allExperiments(): readonly Experiment[] {
  return [...pairedExperiments(), ...recallExperiments(), ...rateExperiments(), ...splitExperiments(), ...quantileExperiments(), ...asymptoticExperiments(), ...gameExperiments(), ...gateExperiments(), ...policyExperiments(), ...lateLabelExperiments(), ...ratioExperiments(), ...rampExperiments(), ...ratingExperiments(), ...watchExperiments(), ...monitorExperiments(), ...slotsExperiments()];
}
