import type { ModelState, Policy, Reading, RegistryView, Rollout } from "@gauntlet/core";

/** A reading of what a kind of policy goes by; the registry is being read beside it. */
export interface JudgedRequest<P extends Policy = Policy> {
  readonly state: ModelState;
  readonly rollout: Rollout<P>;
  readonly at: number;
  readonly versions: Promise<Reading<RegistryView>>;
}
