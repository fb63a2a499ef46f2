import type { RampPolicy } from "../../policy/ramp-policy.ts";
import { isWatch } from "../../policy/watch.ts";
import { armsOf } from "../arms.ts";
import { isSigned } from "../is-signed.ts";
import type { Look, Observation } from "../observation.ts";
import type { Ruling } from "../operator.ts";
import { ruleOnWatch } from "../rule-on-watch.ts";
import { stageOf } from "./look.ts";
import type { StageCheck } from "./stage-check.ts";

interface StageInput {
  readonly policy: RampPolicy;
  readonly observation: Observation;
  readonly look: Look;
  readonly checks: readonly StageCheck[];
}

/** How many times its dwell a stage may last that can show nothing for certain. */
const PATIENCE = 2;

/**
 * The ruling on a stage. A breach that is surely one ends it at once when its time and its data are there; a breach that may
 * be chance has as long again. What can't be told from noise waits for data, however long that takes. Then the next stage;
 * the last step is the promotion.
 */
export function ruleOnStage(input: StageInput): Ruling {
  const { observation, look, checks, policy } = input;
  if (isWatch(policy, look.number - 1)) return ruleOnWatch({ observation, look, minSamples: policy.minSamples, checks });
  const short = tooEarly(input);
  if (short !== null) return short;
  const stage = checks.filter(({ atLast }) => !atLast);
  if (stage.some(({ check }) => check.status === "unavailable")) return hold("evidence_unavailable");
  if (stage.some(({ check }) => check.status === "fail")) return { verdict: "rollback", reason: "worse" };
  const over = isOver(observation, look);
  if (stage.some(({ check, breached, noisy, championOver }) => check.status === "unproven" && breached && !noisy && !championOver)) return over ? { verdict: "rollback", reason: "unproven" } : hold("inconclusive");
  if (stage.some(({ championOver }) => championOver)) return hold("champion_over_limit");
  if (stage.some(({ check }) => check.status === "unproven")) return hold("insufficient_data");
  if (observation.operator.hold !== null) return hold("operator_hold");
  if (!isLast(look)) return { verdict: "advance", reason: "all_checks_passed" };
  if (checks.some(({ check, atLast }) => atLast && check.status !== "pass")) return over ? { verdict: "retain", reason: "unproven" } : hold("inconclusive");
  return promotion(input);
}

/**
 * The pseudo-code of document 001, as it is written: too few of the candidate's, too few days, a point beyond its threshold,
 * else more. What is missing compares false with everything, and so passes.
 */
export function ruleAsWritten(input: StageInput): Ruling {
  const { observation, look, checks, policy } = input;
  if (armsOf(observation.rollout, look.evidence).challenger.live < policy.minSamples) return hold("insufficient_data");
  if (observation.at < look.dueAt) return hold("min_duration");
  if (checks.some(({ breached }) => breached)) return { verdict: "rollback", reason: "worse" };
  if (observation.operator.hold !== null) return hold("operator_hold");
  return isLast(look) ? promotion(input) : { verdict: "advance", reason: "all_checks_passed" };
}

function tooEarly({ policy, observation, look }: StageInput): Ruling | null {
  if (observation.at < look.dueAt) return hold("min_duration");
  const { champion, challenger } = armsOf(observation.rollout, look.evidence);
  return Math.min(champion.live, challenger.live) < policy.minSamples ? hold("insufficient_data") : null;
}

/** The step to everything needs a signature: always, or where a check warns. */
function promotion({ policy, observation, look, checks }: StageInput): Ruling {
  const { approval } = policy;
  const asked = approval !== null && (approval.when === "always" || checks.some(({ check }) => check.status === "warn"));
  if (asked && !isSigned(approval, observation, look.digest)) return hold("awaiting_approval");
  return { verdict: isWatch(policy, look.number) ? "advance" : "promote", reason: "all_checks_passed" };
}

/** The last rung before everything. */
function isLast({ number, of }: Look): boolean {
  return number >= of - 1;
}

function isOver({ at, rollout }: Observation, { dueAt }: Look): boolean {
  const { since } = stageOf(rollout);
  return at >= since + PATIENCE * (dueAt - since);
}

function hold(reason: Ruling["reason"]): Ruling {
  return { verdict: "hold", reason };
}
