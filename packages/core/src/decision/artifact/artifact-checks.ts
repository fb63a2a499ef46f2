import type { ArtifactRules, SignatureRule } from "../../policy/artifact-rules.ts";
import type { Policy } from "../../policy/policy.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import type { Observation } from "../observation.ts";

/** What the policy asks of the challenger's artifact, and what was found. Before a step hangs on it, what was found at the start. */
export function artifactChecks({ artifact: rules }: Policy, observation: Observation): readonly CheckResult[] {
  if (rules === undefined || observation.rollout.pinned !== true) return [];
  const digest = DIGESTS[rules.digest](observation);
  return rules.signature === null ? [digest] : [digest, signatureCheck(rules.signature, observation)];
}

type Found = Pick<CheckResult, "status" | "says" | "wouldChange">;

const DIGESTS: Readonly<Record<ArtifactRules["digest"], (observation: Observation) => CheckResult>> = {
  stated: (observation) => ({ ...base("artifact-digest", "the digest that the registry states, then and now"), ...stated(observation) }),
  files: (observation) => ({ ...base("artifact-files", "SHA-256 over all files, then and now"), ...read(observation) }),
};

function base(id: string, method: string): CheckResult {
  return { ...blankCheck({ id, purpose: "validity", metric: "artifact", n: { champion: 0, challenger: 0 } }), method, guarantee: "exact" };
}

function stated({ registry, rollout: { challenger } }: Observation): Found {
  const name = `version ${challenger.version}`;
  const then = challenger.digest ?? "no digest";
  if (!registry.available) return { status: "unavailable", says: `The registry stated ${then} for ${name} when the rollout began, and can't be read now.`, wouldChange: "a registry that answers" };
  const now = registry.versions.find(({ version }) => version === challenger.version)?.digest ?? null;
  if (now === challenger.digest) return { status: now === null ? "unavailable" : "pass", says: `The registry states ${then} for ${name}, as it did when the rollout began.`, wouldChange: now === null ? "a digest in the registry, and a new rollout" : null };
  return { status: "fail", says: `The registry states ${now ?? "no digest"} for ${name}, and stated ${then} when the rollout began.`, wouldChange: "the artifact that was tested, or a new rollout of this one" };
}

function read({ artifact, rollout: { challenger } }: Observation): Found {
  const name = `version ${challenger.version}`;
  const then = challenger.files ?? "unread";
  if (artifact === undefined) return { status: "pass", says: `The files of ${name} were ${then} when the rollout began; they are read again before anything is given to it.`, wouldChange: null };
  if (!artifact.available) return { status: "unavailable", says: `The files of ${name} could not be read: ${artifact.detail}`, wouldChange: "files that can be read" };
  if (artifact.digest === challenger.files) return { status: "pass", says: `The files of ${name} are ${then}, as they were when the rollout began.`, wouldChange: null };
  return { status: "fail", says: `The files of ${name} are ${artifact.digest}, and were ${then} when the rollout began.`, wouldChange: "the files that were tested, or a new rollout of these" };
}

function signatureCheck({ file, keys }: SignatureRule, observation: Observation): CheckResult {
  return { ...base("artifact-signature", `the signature in ${file} (model_signing, a sigstore bundle), by ${keys.join(" or ")}`), ...signed(observation, file) };
}

function signed({ artifact, rollout: { challenger } }: Observation, file: string): Found {
  const name = `version ${challenger.version}`;
  if (artifact === undefined) return { status: "pass", says: `The files of ${name} were signed when the rollout began; the signature is verified again before anything is given to it.`, wouldChange: null };
  if (!artifact.available || artifact.signature === undefined) return { status: "unavailable", says: `The signature of ${name} could not be verified, because its files could not be read.`, wouldChange: "files that can be read" };
  const { signature } = artifact;
  if (signature.kind === "valid") return { status: "pass", says: `${file} signs all ${artifact.files} files of ${name}, with the key "${signature.key}".`, wouldChange: null };
  return { status: "fail", says: `The signature of ${name} does not hold: ${signature.detail}`, wouldChange: WOULD_CHANGE[signature.why] };
}

const WOULD_CHANGE: Readonly<Record<"missing" | "malformed" | "key" | "files", string>> = {
  missing: "a signature beside the files",
  malformed: "a signature that can be read",
  key: "a signature by a key that the policy names",
  files: "the files that were signed",
};
