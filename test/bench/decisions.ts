import { canonicalJson, decide, digestOf, planFor } from "@gauntlet/core";

import { observationOf } from "../../packages/core/src/testing/observation.ts";
import { ratingObservation } from "../../packages/core/src/testing/rating-observation.ts";
import { bestOf, ratePerSecond, type BenchRow } from "./row.ts";

/** Decisions of a strict policy with four checks, two harm rules and a paired look. */
export function benchDecisions(): readonly BenchRow[] {
  const observation = observationOf();
  const { policy } = observation.rollout;
  const text = canonicalJson(observation);
  const digest = bestOf(3, () => ratePerSecond(300, () => void digestOf(observation)));
  const decided = bestOf(3, () => ratePerSecond(500, () => void decide(policy, observation)));
  const decision = decide(policy, observation);
  return [
    { name: "core: decide (strict, four checks, two harm rules)", perSecond: decided, target: 100_000, baseline: { name: `canonical JSON and SHA-256 of its ${text.length} characters alone`, perSecond: digest } },
    microseconds("core: decide (rating, strict, pairs), µs", { head: { pairs: [15, 45, 80, 55, 25], games: 440 } }),
    microseconds("core: decide (rating, compat), µs", { policy: { mode: "compat" } }),
    { name: "core: plan", perSecond: bestOf(3, () => ratePerSecond(300, () => void planFor(decision, observation))), target: null },
  ];
}

/** An evaluation of a promotion by matches: the document that it comes from promises a millisecond. */
function microseconds(name: string, situation: Parameters<typeof ratingObservation>[0]): BenchRow {
  const observation = ratingObservation(situation);
  const { policy } = observation.rollout;
  return { name, perSecond: 1e6 / bestOf(3, () => ratePerSecond(300, () => void decide(policy, observation))), target: null, atMost: 20 };
}
