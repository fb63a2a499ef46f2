import { Failure, type PinnedVersion, type Rollout } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import { readVersion } from "./departures.ts";
import { digestNow, readArtifact } from "./read-artifact.ts";

/**
 * What the policy asks of the challenger's artifact, as the rollout begins: its files are read and stand in the rollout from then on.
 * @throws Failure `conflict` where a digest or a signature that is asked for is missing or does not hold; as VersionFiles does.
 */
export async function pinArtifact<R extends Rollout>(controller: Controller, rollout: R): Promise<R> {
  const { model, challenger, policy } = rollout;
  const rules = policy.artifact;
  const name = `version ${challenger.version} of ${model}`;
  if (rules === undefined) return rollout;
  if (rules.digest === "stated") {
    if (challenger.digest !== null) return rollout;
    throw new Failure("conflict", `the registry states no digest for ${name}, and the policy asks for one`, { fix: 'set the tag "gauntlet.digest" of the version to "sha256:" and the SHA-256 of its artifact, as whoever made it knows it' });
  }
  const { digest, signature } = await readArtifact(controller, { model, version: challenger.version, rules });
  if (signature?.kind === "invalid") throw new Failure("conflict", `the signature of ${name} does not hold: ${signature.detail}`, { fix: "sign the version's files with a key that the policy names, and put the signature beside them" });
  return { ...rollout, challenger: { ...challenger, files: digest } };
}

/**
 * Called right before a version gets traffic or a name, and when all was applied: what is found must be what was tested.
 * @throws Failure `artifact_changed`; as Registry and VersionFiles do.
 */
export async function requirePinned(controller: Controller, { model, version, digest, files, except }: PinnedVersion & { readonly model: string }, beat: () => Promise<void>): Promise<void> {
  const [found] = await readVersion(controller, model, version);
  if (found === undefined) throw changed(`version ${version} of ${model} is gone from the registry`);
  if (found.digest !== digest) throw changed(`version ${version} of ${model} was tested with the digest ${digest ?? "not stated"}, and the registry states ${found.digest ?? "none"} now`);
  if (files === undefined) return;
  const now = await digestNow(controller, { model, version, except }, beat);
  if (now !== files) throw changed(`the files of version ${version} of ${model} were ${files} when they were tested, and are ${now} now`);
}

function changed(message: string): Failure {
  return new Failure("artifact_changed", message, { fix: "put the artifact back that was tested, or register the other one as a version of its own and start a rollout of it" });
}
