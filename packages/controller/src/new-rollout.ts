import { digestOf, type ModelState, type Policy, type RegistryView, type Rollout } from "@gauntlet/core";

import { rolloutId } from "./rollout-id.ts";
import { versionRef } from "./version-ref.ts";

interface NewRollout<P extends Policy> {
  readonly policy: P;
  readonly by: string;
  readonly at: number;
  readonly registry: RegistryView;
  readonly champion: string;
  readonly challenger: string;
}

type Begun<P extends Policy> = Omit<Rollout<P>, "allocation" | "slots" | "stage" | "cycle" | "snapshot">;

/** What every rollout begins with, whatever its kind. @throws Failure as `versionRef` does. */
export function newRollout<P extends Policy>(state: ModelState, { policy, by, at, registry, champion, challenger }: NewRollout<P>): Begun<P> {
  const { model } = policy;
  return {
    id: rolloutId(state),
    ordinal: state.rollouts + 1,
    model,
    policy,
    policyDigest: digestOf(policy),
    status: "running",
    champion: versionRef(registry, model, champion),
    challenger: versionRef(registry, model, challenger),
    startedAt: at,
    startedBy: by,
    pinned: true,
  };
}

/** The stage of each version that was read, for the snapshot. */
export function stagesOf({ versions }: RegistryView): Readonly<Record<string, string>> {
  return Object.fromEntries(versions.map(({ version, stage }) => [version, stage]));
}
