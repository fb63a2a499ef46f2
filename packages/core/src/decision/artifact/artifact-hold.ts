import type { Policy } from "../../policy/policy.ts";
import type { Observation } from "../observation.ts";
import type { Ruling } from "../operator.ts";

/**
 * What keeps a step towards the challenger back, also one that a person asked for: another artifact than the one that was
 * tested, files that could not be read, or no signature that holds. It never turns against the challenger: nothing of this
 * says that it is worse. null for every other ruling, and in worlds that are made up, which pin nothing.
 */
export function artifactHold(policy: Policy, observation: Observation, { verdict }: Ruling): Ruling | null {
  const { rollout, artifact } = observation;
  if (rollout.pinned !== true || (verdict !== "promote" && verdict !== "advance")) return null;
  if (statedElse(observation)) return { verdict: "hold", reason: "version_mismatch" };
  if (policy.artifact?.digest !== "files") return null;
  if (artifact === undefined || !artifact.available) return { verdict: "hold", reason: "artifact_unread" };
  if (artifact.digest !== rollout.challenger.files) return { verdict: "hold", reason: "version_mismatch" };
  if (policy.artifact.signature !== null && artifact.signature?.kind !== "valid") return { verdict: "hold", reason: "signature_invalid" };
  return null;
}

/** The registry states another digest for the challenger than it did. What can't be read is asked again when it is applied. */
function statedElse({ rollout, registry }: Observation): boolean {
  if (!registry.available) return false;
  const now = registry.versions.find(({ version }) => version === rollout.challenger.version);
  return now === undefined || now.digest !== rollout.challenger.digest;
}
