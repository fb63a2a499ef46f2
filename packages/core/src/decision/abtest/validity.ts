import { sharesOf } from "../../allocation/shares-of.ts";
import type { AbtestPolicy } from "../../policy/policy.ts";
import { needsLabels } from "../../policy/needs-labels.ts";
import { toNumber } from "../../policy/rational.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { sampleRatio } from "../../statistics/sample-ratio.ts";
import { sampleRatioEvidence } from "../../statistics/sequential/sample-ratio-evidence.ts";
import type { CheckResult } from "../decision.ts";
import type { EvidenceView, Observation } from "../observation.ts";
import { armsOf, type ArmPair } from "./arms.ts";
import { blankCheck } from "./blank-check.ts";
import { formatPercent } from "./format.ts";
import type { Ruling } from "./operator.ts";

/** Readings that are missing, or that show another world than the one being tested. Each holds; none aborts. */
export function readProblem(observation: Observation): Ruling | null {
  const { registry, traffic, evidence, rollout } = observation;
  if (!registry.available || !traffic.available || !evidence.available) return { verdict: "hold", reason: "evidence_unavailable" };
  if (registry.aliases["champion"] !== rollout.champion.version) return { verdict: "hold", reason: "foreign_move" };
  for (const tested of [rollout.champion, rollout.challenger]) {
    const now = registry.versions.find((version) => version.version === tested.version);
    if (now === undefined || now.digest !== tested.digest) return { verdict: "hold", reason: "version_mismatch" };
  }
  if (rollout.champion.digest !== null && rollout.champion.digest === rollout.challenger.digest) return { verdict: "hold", reason: "version_mismatch" };
  if (traffic.epoch !== rollout.allocation.epoch) return { verdict: "hold", reason: "split_not_realised" };
  return null;
}

/** Whether the evidence may be read at all. Labels are judged on the look, everything else on all there is. */
export function validityChecks(policy: AbtestPolicy, rollout: Rollout, evidence: EvidenceView): readonly CheckResult[] {
  const checks = [sampleRatioCheck(policy, rollout, armsOf(rollout, evidence.soFar))];
  if (needsLabels(policy)) checks.push(coverageCheck(policy, armsOf(rollout, evidence.look.evidence)));
  return checks;
}

export function validityReason(checks: readonly CheckResult[]): Ruling | null {
  const ratio = checks.find((check) => check.id === "sample-ratio");
  return ratio?.status === "fail" ? { verdict: "hold", reason: "sample_ratio_mismatch" } : null;
}

/** How much weight the sequential test gives to splits far from the intended one: as much as so many outcomes. */
const RATIO_CONCENTRATION = 1000;

/**
 * Live outcomes against the intended shares. It is looked at at every tick, so strict mode uses evidence that holds under
 * any peeking; χ², which does not, is reported, and decides in compat mode. With an expected count below 5 nothing is said.
 */
function sampleRatioCheck(policy: AbtestPolicy, rollout: Rollout, arms: ArmPair): CheckResult {
  const observed = [arms.champion.live, arms.challenger.live] as const;
  const shares = sharesOf(rollout.allocation);
  const intended = [shares["champion"] ?? 0, shares["challenger"] ?? 0] as const;
  const total = observed[0] + observed[1];
  const base = blankCheck({ id: "sample-ratio", purpose: "validity", metric: "scored", n: { champion: observed[0], challenger: observed[1] } });
  const share = total === 0 ? null : observed[1] / total;
  const known = { ...base, estimate: share, unit: "share" as const, method: METHODS[policy.mode].method, guarantee: METHODS[policy.mode].guarantee, alpha: toNumber(policy.srmAlpha) };
  const least = (total * Math.min(...intended)) / 10_000;
  if (least < 5) return { ...known, status: "pass", says: "Too few live outcomes to test the split yet.", wouldChange: "more traffic" };
  const result = sampleRatio(observed, intended);
  const p = policy.mode === "strict" ? sampleRatioEvidence(observed, intended, RATIO_CONCENTRATION).p : result.p;
  const failed = p < toNumber(policy.srmAlpha);
  return {
    ...known,
    status: failed ? "fail" : "pass",
    pValue: p,
    reported: { chiSquare: result.chiSquare, chiSquareP: result.p },
    says: `The challenger got ${formatPercent(share)} of the live outcomes; ${formatPercent(intended[1] / 10_000)} was intended.`,
    wouldChange: failed ? "find out which outcomes are lost or doubled; evidence from a split that was not realised can't be trusted" : null,
  };
}

const METHODS = {
  strict: { method: "Dirichlet-multinomial evidence against the intended split, anytime-valid", guarantee: "exact" },
  compat: { method: "χ² goodness of fit against the intended split", guarantee: "asymptotic" },
} as const;

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
