import type { Allocation } from "../allocation/allocation.ts";
import type { Policy } from "../policy/policy.ts";
import type { Rollout } from "../policy/rollout.ts";

/** A rollout of a made world: version 2 against version 1, from 0 on; `before` is what was there before. */
export function simulatedRollout<P extends Policy>(policy: P, { allocation, before }: { readonly allocation: Allocation; readonly before: Allocation }): Rollout<P> {
  const version = (name: string) => ({ version: name, digest: `simulated ${name}`, threshold: null, runId: null });
  return {
    id: "simulation",
    ordinal: 1,
    model: policy.model,
    policy,
    policyDigest: "",
    status: "running",
    champion: version("1"),
    challenger: version("2"),
    startedAt: 0,
    startedBy: "simulation",
    allocation,
    snapshot: { aliases: { champion: "1" }, allocation: before },
  };
}
