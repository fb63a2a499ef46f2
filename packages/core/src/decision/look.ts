import type { EvidenceCell } from "../evidence/evidence.ts";
import type { Rollout } from "../policy/rollout.ts";
import * as abtest from "./abtest/look.ts";
import type { Look, WindowEvidence } from "./observation.ts";
import * as ramp from "./ramp/look.ts";
import * as rating from "./rating/look.ts";
import * as slots from "./slots/look.ts";

/** Which look is being waited for at `at`, and its evidence: what the policy judges, cut off where it must not change any more. */
export function lookOf(rollout: Rollout, cells: readonly EvidenceCell[], at: number): Look {
  const { policy } = rollout;
  switch (policy.kind) {
    case "abtest":
      return abtest.lookOf({ ...rollout, policy }, cells, at);
    case "ramp":
      return ramp.lookOf({ ...rollout, policy }, cells, at);
    case "rating":
      return rating.lookOf(rollout, at);
    case "slots":
      return slots.lookOf(rollout, at);
  }
}

/** The look of a decision that awaits a signature, as it was when it was decided: what is signed must not move. */
export function frozenLookOf(rollout: Rollout, cells: readonly EvidenceCell[], cutoff: number): Look {
  const { policy } = rollout;
  switch (policy.kind) {
    case "abtest":
      return abtest.frozenLookOf({ ...rollout, policy }, cells, cutoff);
    case "ramp":
      return ramp.frozenLookOf({ ...rollout, policy }, cells, cutoff);
    case "rating":
      return rating.lookOf(rollout, cutoff);
    case "slots":
      return slots.lookOf(rollout, cutoff);
  }
}

/** The latest windows, oldest first, that are watched for harm beside the look. */
export function recentWindows(rollout: Rollout, cells: readonly EvidenceCell[], at: number): readonly WindowEvidence[] {
  const { policy } = rollout;
  switch (policy.kind) {
    case "abtest":
      return abtest.recentWindows({ ...rollout, policy }, cells, at);
    case "ramp":
      return ramp.recentWindows({ ...rollout, policy }, cells, at);
    case "rating":
    case "slots":
      return [];
  }
}
