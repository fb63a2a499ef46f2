import { describe, expect, test } from "vitest";

import type { ArtifactView, SignatureView } from "../../artifact/artifact-view.ts";
import { planFor, planStart } from "../../plan/plan-for.ts";
import type { ArtifactRules } from "../../policy/artifact-rules.ts";
import { observationOf } from "../../testing/observation.ts";
import { rampObservation } from "../../testing/ramp-observation.ts";
import { ratingObservation } from "../../testing/rating-observation.ts";
import { slotsObservation } from "../../testing/slots-observation.ts";
import { decide } from "../decide.ts";
import type { Observation } from "../observation.ts";

const FILES = `sha256:${"f".repeat(64)}`;
const SIGNED: ArtifactRules = { digest: "files", signature: { file: "model.sig", keys: ["release"] } };
const VALID: SignatureView = { kind: "valid", key: "release", keyId: "00" };
const KINDS: readonly (readonly [string, Observation])[] = [["abtest", observationOf()], ["ramp", rampObservation()], ["rating", ratingObservation()], ["slots", slotsObservation()]];

/** Somebody asks for the promotion, under rules for the artifact; `pinned` as every rollout that really began has it. */
function asked(observation: Observation, artifact: ArtifactRules | null, found?: Observation["artifact"]): Observation {
  const { rollout } = observation;
  const policy = artifact === null ? rollout.policy : { ...rollout.policy, artifact };
  const challenger = artifact === null ? rollout.challenger : { ...rollout.challenger, files: FILES };
  return {
    ...observation,
    rollout: { ...rollout, pinned: true, policy, challenger },
    operator: { ...observation.operator, request: { id: "r-1", kind: "promote", by: "ada", at: observation.at, reason: "seen by hand" } },
    ...(found === undefined ? {} : { artifact: found }),
  };
}

const read = (view: Partial<ArtifactView>): Observation["artifact"] => ({ available: true, digest: FILES, files: 2, bytes: 20, ...view });

describe.each(KINDS)("I36, I37: of a policy of kind %s, a promotion that a person asks for", (_, observation) => {
  const ruled = (seen: Observation) => {
    const decision = decide(seen.rollout.policy, seen);
    return { decision, plan: planFor(decision, seen) };
  };

  test.each([
    ["before its files are read", undefined, "artifact_unread"],
    ["when its files can't be read", { available: false, code: "registry_unavailable", detail: "no answer" }, "artifact_unread"],
    ["of other files", read({ digest: `sha256:${"e".repeat(64)}`, signature: VALID }), "version_mismatch"],
    ["without a signature that was asked for", read({}), "signature_invalid"],
    ["with one that does not hold", read({ signature: { kind: "invalid", why: "key", detail: "it is not by it." } }), "signature_invalid"],
  ] as const)("is held %s, and nothing moves", (__, found, reason) => {
    const { decision, plan } = ruled(asked(observation, SIGNED, found));
    expect(decision).toMatchObject({ verdict: "hold", reason });
    expect(plan).toMatchObject({ effects: [], becomes: "running" });
    expect(plan.pinned).toBeUndefined();
    expect(plan.closes).toBeUndefined();
  });

  test("of what was tested is one, and its plan says what that was", () => {
    const { decision, plan } = ruled(asked(observation, SIGNED, read({ signature: VALID })));
    expect(decision).toMatchObject({ verdict: "promote", reason: "manual" });
    expect(plan.pinned).toEqual({ version: observation.rollout.challenger.version, digest: observation.rollout.challenger.digest, files: FILES, except: "model.sig" });
  });

  test("is held when the registry states another digest, whatever the policy asks", () => {
    const seen = asked(observation, null);
    const registry: Observation["registry"] = { available: true, aliases: {}, versions: [{ version: seen.rollout.challenger.version, digest: "sha256:other", runId: null, stage: "None", tags: {}, metrics: {} }] };
    expect(ruled({ ...seen, registry }).decision).toMatchObject({ verdict: "hold", reason: "version_mismatch" });
  });

  test("goes by nothing of this where the rollout began before it was kept", () => {
    const { rollout, ...seen } = asked(observation, null);
    const { pinned: __, ...before } = rollout;
    const { decision, plan } = ruled({ ...seen, rollout: before });
    expect(decision.verdict).toBe("promote");
    expect("pinned" in plan || "pinned" in planStart(before)).toBe(false);
  });
});
