import type { Policy } from "../policy/policy.ts";
import { decideAbtest } from "./abtest/decide-abtest.ts";
import type { Decision } from "./decision.ts";
import type { Observation } from "./observation.ts";
import { decideRamp } from "./ramp/decide-ramp.ts";
import { decideRating } from "./rating/decide-rating.ts";
import { decideSlots } from "./slots/decide-slots.ts";

/**
 * The decision a policy takes on an observation. Pure and total: the same two inputs give the same bytes on every
 * machine and at every time (I1), so a recorded decision can be derived again, and another policy can be tried on
 * the same observation.
 */
export function decide(policy: Policy, observation: Observation): Decision {
  switch (policy.kind) {
    case "abtest":
      return decideAbtest(policy, observation);
    case "ramp":
      return decideRamp(policy, observation);
    case "rating":
      return decideRating(policy, observation);
    case "slots":
      return decideSlots(policy, observation);
  }
}
