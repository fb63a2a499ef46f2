import { artifactChecks } from "./artifact/artifact-checks.ts";
import { artifactHold } from "./artifact/artifact-hold.ts";
import { sha256 } from "../digest/sha256.ts";
import { RULES } from "./rules.ts";
import { sentenceOf } from "./sentence.ts";
import type { Ruling } from "./operator.ts";
import type { Policy } from "../policy/policy.ts";
import type { CheckResult, Decision, Verdict } from "./decision.ts";
import type { Observation } from "./observation.ts";

interface Ruled {
  readonly policy: Policy;
  readonly observation: Observation;
  readonly ruling: Ruling;
  readonly checks: readonly CheckResult[];
  /** What the reference document calls each verdict. */
  readonly compatLabels: Readonly<Record<Verdict, string>>;
}

/** The decision that a ruling makes, as it goes into the ledger. Whatever it ruled on, nothing goes on with another artifact. */
export function recordOf({ policy, observation, ruling: ruled, checks: found, compatLabels }: Ruled): Decision {
  const { rollout } = observation;
  const artifact = artifactChecks(policy, observation);
  const ruling = artifactHold(policy, observation, ruled) ?? ruled;
  const checks = [...found, ...artifact];
  const { mode } = policy;
  const look = observation.evidence.available ? observation.evidence.look : null;
  return {
    id: idOf(observation, ruling),
    rolloutId: rollout.id,
    model: rollout.model,
    epoch: rollout.allocation.epoch,
    at: observation.at,
    mode,
    verdict: ruling.verdict,
    reason: ruling.reason,
    compatLabel: mode === "compat" ? compatLabels[ruling.verdict] : null,
    sentence: sentenceOf({ observation, ruling, checks }),
    checks,
    look: look === null ? null : { number: look.number, of: look.of, cutoff: look.cutoff, dueAt: look.dueAt },
    evidenceDigest: digestIn(observation),
    rules: RULES,
  };
}

/** What a decision without readable evidence is bound to: no approval can be given for it. */
const NO_EVIDENCE = "none";

/** Matches and slots have a digest of their own: their look is empty. */
function digestIn({ evidence }: Observation): string {
  return evidence.available ? (evidence.rating?.digest ?? evidence.slots?.digest ?? evidence.look.digest) : NO_EVIDENCE;
}

/**
 * Names a decision by what sets it apart from every other: rollout, policy, instant, evidence, the request it answers,
 * and the ruling. The whole observation stands in the ledger entry, whose hash covers it.
 */
function idOf(observation: Observation, { verdict, reason }: Ruling): string {
  const { rollout, at, highestEpoch, operator } = observation;
  const parts = [rollout.id, rollout.policyDigest, at, highestEpoch, digestIn(observation), operator.request?.id ?? "", verdict, reason];
  return `d-${sha256(parts.join("\n")).slice(0, 24)}`;
}
