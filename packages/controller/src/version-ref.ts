import { Failure, type RegistryView, type VersionRef } from "@gauntlet/core";

/** A version as the registry has it now. @throws Failure `not_found`; `invalid_input` for a threshold that is no number. */
export function versionRef(registry: RegistryView, model: string, version: string): VersionRef {
  const found = registry.versions.find((known) => known.version === version);
  if (found === undefined) throw new Failure("not_found", `${model} has no version ${version} in the registry`, { fix: "register it first, or name one that exists" });
  const threshold = found.tags["gauntlet.threshold"];
  const value = threshold === undefined ? null : Number(threshold);
  if (value !== null && !Number.isFinite(value)) {
    throw new Failure("invalid_input", `tag "gauntlet.threshold" of ${model} version ${version} is "${threshold}", which is no number`, { fix: "set it to the decision threshold of the version, for example 0.5" });
  }
  return { version, digest: found.digest, threshold: value, runId: found.runId };
}
