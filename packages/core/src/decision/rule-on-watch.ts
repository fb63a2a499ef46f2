import { armsOf } from "./arms.ts";
import type { CheckResult } from "./decision.ts";
import type { Look, Observation } from "./observation.ts";
import type { Ruling } from "./operator.ts";

interface WatchInput {
  readonly observation: Observation;
  readonly look: Look;
  readonly minSamples: number;
  readonly checks: readonly { readonly check: CheckResult; readonly championOver: boolean }[];
}

/**
 * The ruling on a challenger that has everything. What it is compared with was seen before, not beside it, so that a day of
 * the week may look like a difference: only harm, and limits that it is held against by itself, end a watch. It was signed for
 * before it got everything.
 */
export function ruleOnWatch({ observation, look, minSamples, checks }: WatchInput): Ruling {
  if (observation.at < look.dueAt) return hold("min_duration");
  if (armsOf(observation.rollout, look.evidence).challenger.live < minSamples) return hold("insufficient_data");
  if (checks.some(({ check }) => check.status === "unavailable")) return hold("evidence_unavailable");
  if (checks.some(({ check }) => check.status === "fail")) return { verdict: "rollback", reason: "worse" };
  if (checks.some(({ championOver }) => championOver)) return hold("champion_over_limit");
  if (checks.some(({ check }) => check.status === "unproven")) return hold("insufficient_data");
  if (observation.operator.hold !== null) return hold("operator_hold");
  return { verdict: "promote", reason: "all_checks_passed" };
}

function hold(reason: Ruling["reason"]): Ruling {
  return { verdict: "hold", reason };
}
