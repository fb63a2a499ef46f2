import type { AbtestPolicy } from "../../policy/policy.ts";
import { needsLabels } from "../../policy/needs-labels.ts";
import { toNumber } from "../../policy/rational.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { CheckResult } from "../decision.ts";
import type { EvidenceView } from "../observation.ts";
import { sampleRatioCheck } from "../sample-ratio-check.ts";
import { armsOf, type ArmPair } from "../arms.ts";
import { blankCheck } from "../blank-check.ts";
import { formatPercent } from "../format.ts";

/** Whether the evidence may be read at all. Labels are judged on the look, everything else on all there is. */
export function validityChecks(policy: AbtestPolicy, rollout: Rollout, evidence: EvidenceView): readonly CheckResult[] {
  const checks = [sampleRatioCheck(policy, rollout, evidence.soFar)];
  if (needsLabels(policy)) checks.push(coverageCheck(policy, armsOf(rollout, evidence.look.evidence)));
  return checks;
}

/** Unlabelled is not the same as negative: without labels nothing is said about recall and precision. */
function coverageCheck(policy: AbtestPolicy, arms: ArmPair): CheckResult {
  const { coverageMin, coverageGapMax } = policy.labels;
  const { champion, challenger } = arms;
  const base = {
    ...blankCheck({ id: "label-coverage", purpose: "validity", metric: "labelled", n: { champion: champion.live, challenger: challenger.live } }),
    unit: "share" as const,
    allowed: { low: toNumber(coverageMin), high: null },
    method: "share of live outcomes of the look that have a label",
  };
  if (champion.live === 0 || challenger.live === 0) return { ...base, says: "There are no outcomes in the look yet." };
  const covered = [champion, challenger].every((arm) => arm.labelled * coverageMin.of >= arm.live * coverageMin.parts);
  const gap = Math.abs(champion.labelled / champion.live - challenger.labelled / challenger.live);
  const level = gap <= toNumber(coverageGapMax) + 1e-12;
  const shares = { champion: champion.labelled / champion.live, challenger: challenger.labelled / challenger.live };
  return {
    ...base,
    ...shares,
    status: covered && level ? "pass" : "unproven",
    estimate: Math.min(shares.champion, shares.challenger),
    reported: { gap, gapMax: toNumber(coverageGapMax) },
    says: `Labels cover ${formatPercent(shares.champion)} of the champion's and ${formatPercent(shares.challenger)} of the challenger's outcomes.`,
    wouldChange: covered && level ? null : "more labels: the look waits for them",
  };
}
