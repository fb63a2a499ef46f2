import type { Evidence } from "../evidence/evidence.ts";
import type { RolloutStatus } from "../policy/rollout.ts";
import type { CyclesSoFar } from "../policy/slots-cycle.ts";
import type { Effect } from "./effect.ts";

/** What a decision will do, in order. An empty list of effects is a plan too. */
export interface Plan {
  readonly decisionId: string;
  readonly model: string;
  readonly effects: readonly Effect[];
  /** What must be found before anything of this is given to the version, and after it; left out where nothing is. */
  readonly pinned?: PinnedVersion;
  /** What the rollout becomes once every effect has been read back. */
  readonly becomes: RolloutStatus;
  /** The stage that a ramp is at once every effect has been read back; left out where it stays. */
  readonly stage?: number;
  /** What the champion showed, where that stage leaves it nothing to be seen by; of an A/B test, all that it showed. */
  readonly before?: Evidence;
  /** What the model's next cycle begins with; of policies of slots, and where the plan ends the cycle. */
  readonly after?: CyclesSoFar;
  /** The rollout ends with it though the decision is a hold. */
  readonly closes?: true;
}

/** A version as it was tested. */
export interface PinnedVersion {
  readonly version: string;
  /** As the registry stated it; null: it stated none. */
  readonly digest: string | null;
  /** Over the files, as they were read when the rollout began; left out where the policy does not have them read. */
  readonly files?: string;
  /** The signature's file, which is not among them. */
  readonly except?: string;
}
