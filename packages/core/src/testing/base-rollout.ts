import type { Policy } from "../policy/policy.ts";
import type { Rollout, VersionRef } from "../policy/rollout.ts";

/** What the rollouts of all kinds have alike in tests: version 2 against version 1, begun by ada at `startedAt`. */
export function baseRollout<P extends Policy>(policy: P, startedAt: number, threshold: number | null = null): Omit<Rollout<P>, "allocation" | "snapshot"> {
  const version = (name: string): VersionRef => ({ version: name, digest: `sha256:${name.repeat(64)}`, threshold, runId: `run-${name}` });
  return {
    id: `${policy.model}-1`,
    ordinal: 1,
    model: policy.model,
    policy,
    policyDigest: "0".repeat(64),
    status: "running",
    champion: version("1"),
    challenger: version("2"),
    startedAt,
    startedBy: "ada",
  };
}
