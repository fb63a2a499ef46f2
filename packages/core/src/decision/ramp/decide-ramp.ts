import { canonicalJson } from "../../digest/canonical-json.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import type { RampPolicy } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import { rolloutAlpha } from "../../policy/rollout-alpha.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { armsOf } from "../arms.ts";
import type { CheckResult, Decision, Verdict } from "../decision.ts";
import type { EvidenceView, Observation } from "../observation.ts";
import { answerOperator, type Ruling } from "../operator.ts";
import { healthChecks, incomplete, untrustworthy } from "../health/health-checks.ts";
import { harmRuling } from "../harm-ruling.ts";
import { readProblem } from "../read-problem.ts";
import { recordOf } from "../record.ts";
import type { Watching } from "../sequences.ts";
import { sampleRatioRuling } from "../sample-ratio-check.ts";
import { capCheck } from "./cap-check.ts";
import { harmCheck } from "./harm-check.ts";
import { improveCheck } from "./improve-check.ts";
import { neverCheck } from "./never-check.ts";
import { noWorseCheck, type Judged } from "./no-worse-check.ts";
import { ruleAsWritten, ruleOnStage } from "./rule-on-stage.ts";
import { splitCheck } from "./split-check.ts";
import { stageCheck, type StageCheck } from "./stage-check.ts";

/**
 * The order in which a ramp is judged: a person's request, readings that are missing, the split, harm, and then the stage.
 * Each step may rule; the first that does ends it. What is missing of a single check waits behind harm, which it must not
 * hide. Compat mode judges the stage as document 001 has it, by points alone; the split is shown, and holds nothing.
 */
export function decideRamp(policy: RampPolicy, observation: Observation): Decision {
  const evidence = observation.evidence.available ? observation.evidence : null;
  const { validity, harm, stage } = evidence === null ? NOTHING : CHECKS[policy.mode](policy, observation, evidence);
  const look = (evidence as EvidenceView | null)?.look;
  const onStage = () => RULES[policy.mode]({ policy, observation, look: look as EvidenceView["look"], checks: stage });
  const health = evidence === null || policy.health === undefined ? [] : healthChecks(policy.health, observation, evidence);
  const strictly = (ruling: () => Ruling | null): Ruling | null => (policy.mode === "strict" ? ruling() : null);
  const ruling =
    answerOperator(observation) ??
    begunAnew(policy, observation, readProblem(observation)) ??
    strictly(() => sampleRatioRuling(validity) ?? untrustworthy(health)) ??
    harmRuling(harm) ??
    strictly(() => incomplete(health)) ??
    onStage();
  return recordOf({ policy, observation, ruling, checks: [...validity, ...health, ...harm, ...stage.map(({ check }) => check)], compatLabels: ruling.reason === "split_not_realised" ? { ...COMPAT_LABELS, advance: "wait" } : COMPAT_LABELS });
}

/**
 * Somebody changed the experiment and left its split as it was, as a pause and its end do: the epoch is another, and the stage
 * begins anew with evidence of its own. Any other reading that does not fit holds.
 */
function begunAnew({ experiment }: RampPolicy, { traffic, rollout, operator }: Observation, problem: Ruling | null): Ruling | null {
  if (problem?.reason !== "split_not_realised" || experiment === null || !traffic.available || operator.hold !== null || rollout.status !== "running") return problem;
  const isSame = traffic.epoch > rollout.allocation.epoch && canonicalJson([traffic.seed, traffic.arms]) === canonicalJson([rollout.allocation.seed, rollout.allocation.arms]);
  return isSame ? { verdict: "advance", reason: "split_not_realised" } : problem;
}

interface RampChecks {
  readonly validity: readonly CheckResult[];
  readonly harm: readonly CheckResult[];
  readonly stage: readonly StageCheck[];
}

const NOTHING: RampChecks = { validity: [], harm: [], stage: [] };

const RULES = { strict: ruleOnStage, compat: ruleAsWritten } as const;

const CHECKS: Readonly<Record<RampPolicy["mode"], (policy: RampPolicy, observation: Observation, evidence: EvidenceView) => RampChecks>> = {
  strict: (policy, observation, evidence) => {
    const { rollout } = observation;
    const soFar = armsOf(rollout, evidence.soFar);
    // A look that awaits a signature is frozen; harm goes by what is mature now.
    const mature = armsOf(rollout, evidence.recent.at(-1)?.evidence ?? evidence.look.evidence);
    return {
      validity: [splitCheck(policy, observation, evidence)],
      harm: policy.checks.flatMap((rule) => (rule.kind === "never" ? [neverCheck(rule, { arms: soFar })] : rule.kind === "noWorseThan" ? [harmCheck(rule, mature, watchingOf(policy))] : [])),
      stage: stageChecks(policy, judgedOn(policy, rollout, evidence.look.evidence)),
    };
  },
  compat: (policy, observation, evidence) => {
    const judged = judgedOn(policy, observation.rollout, evidence.look.evidence);
    const never = policy.checks.flatMap((rule) => (rule.kind === "never" ? [neverCheck(rule, judged)] : []));
    return {
      validity: [splitCheck(policy, observation, evidence)],
      harm: [],
      // The document looks at violations with everything else, when the time has come.
      stage: [...stageChecks(policy, judged), ...never.map((check) => stageCheck(check, { breached: check.status === "fail" }))],
    };
  },
};

/** With everything, a challenger is held against limits alone, and watched for harm. */
function stageChecks(policy: RampPolicy, judged: Judged): readonly StageCheck[] {
  return policy.checks.flatMap((rule) => {
    if (judged.watched && rule.kind !== "cap") return [];
    switch (rule.kind) {
      case "noWorseThan":
        return [noWorseCheck(rule, judged)];
      case "cap":
        return [capCheck(rule, judged)];
      case "improveBy":
        return [improveCheck(rule, judged)];
      case "never":
        return [];
    }
  });
}

/** The checks of a stage as they would come out on some of its evidence, for those who look on; of a watch also what it watches. */
export function stageChecksOn(policy: RampPolicy, rollout: Rollout, evidence: Evidence): readonly CheckResult[] {
  const judged = judgedOn(policy, rollout, evidence);
  const watched = judged.watched ? policy.checks.flatMap((rule) => (rule.kind === "noWorseThan" ? [harmCheck(rule, judged.arms, watchingOf(policy))] : [])) : [];
  return [...watched, ...stageChecks(policy, judged).map(({ check }) => check)];
}

function watchingOf({ harmAlpha, minSamples }: RampPolicy): Watching {
  return { alpha: toNumber(harmAlpha), tunedAt: minSamples };
}

function judgedOn(policy: RampPolicy, rollout: Rollout, evidence: Evidence): Judged {
  const strict = policy.mode === "strict";
  return { strict, watched: rollout.stage?.before !== undefined, arms: armsOf(rollout, evidence), alpha: strict ? rolloutAlpha(policy, rollout) : toNumber(policy.alpha), tunedAt: policy.minSamples };
}

/** The words of document 001. It has none for a candidate that is put away without having done worse. */
const COMPAT_LABELS: Readonly<Record<Verdict, string>> = { advance: "increase", promote: "promote", hold: "wait", retain: "rollback", rollback: "rollback" };
