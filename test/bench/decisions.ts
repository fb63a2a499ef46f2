import { canonicalJson, decide, digestOf, planFor } from "@gauntlet/core";

import { observationOf } from "../../packages/core/src/testing/observation.ts";
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
    { name: "core: plan", perSecond: bestOf(3, () => ratePerSecond(300, () => void planFor(decision, observation))), target: null },
  ];
}
