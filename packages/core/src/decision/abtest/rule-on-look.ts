import type { AbtestPolicy } from "../../policy/policy.ts";
import type { CheckResult } from "../decision.ts";
import type { Look, Observation } from "../observation.ts";
import { armsOf } from "../arms.ts";
import { isSigned } from "../is-signed.ts";
import type { Ruling } from "../operator.ts";
import { checkContext } from "./check-context.ts";
import { championOver } from "./quantile-check.ts";

interface LookInput {
  readonly policy: AbtestPolicy;
  readonly observation: Observation;
  readonly look: Look;
  readonly promotion: readonly CheckResult[];
  readonly validity: readonly CheckResult[];
}

/**
 * The ruling on the look that is due. Its evidence ends at the cutoff, so waiting for labels or for a signature
 * can't turn into a further look; the last look ends the experiment.
 */
export function ruleOnLook(input: LookInput): Ruling {
  const { observation, look, promotion } = input;
  return notYet(input) ?? championLimit(input) ?? (promotion.every(passes) ? promotionRuling(observation, look) : lossOrWait(input));
}

function notYet({ policy, observation, look, validity }: LookInput): Ruling | null {
  if (observation.at < look.cutoff) return hold("min_duration");
  if (observation.at < look.dueAt) return hold("labels_immature");
  const arms = armsOf(observation.rollout, look.evidence);
  if (Math.min(arms.champion.live, arms.challenger.live) < policy.minSamples) return look.number === look.of ? retain("unproven") : hold("insufficient_data");
  const coverage = validity.find((check) => check.id === "label-coverage");
  return coverage === undefined || coverage.status === "pass" ? null : hold("labels_immature");
}

function championLimit({ policy, observation, look, promotion }: LookInput): Ruling | null {
  const context = checkContext(policy, observation.rollout, look);
  const over = policy.checks.some((rule) => rule.kind === "quantile" && championOver(rule, context));
  return context.strict && over && !promotion.every(passes) ? hold("champion_over_limit") : null;
}

/** A refuted check is a loss; compat checks are refuted by any missed point, as document 003 has it. */
function lossOrWait({ look, promotion }: LookInput): Ruling {
  if (promotion.some((check) => check.status === "fail")) return retain("worse");
  if (look.number === look.of) return retain("unproven");
  if (promotion.some((check) => check.status === "unavailable")) return hold("insufficient_data");
  return hold("inconclusive");
}

function promotionRuling(observation: Observation, look: Look): Ruling {
  if (observation.operator.hold !== null) return hold("operator_hold");
  const { policy } = observation.rollout;
  if (!isSigned(policy.approval, observation, look.digest)) return hold("awaiting_approval");
  return { verdict: policy.kind === "abtest" && policy.watchMs !== undefined ? "advance" : "promote", reason: "all_checks_passed" };
}

function passes(check: CheckResult): boolean {
  return check.status === "pass" || check.status === "warn";
}

function hold(reason: Ruling["reason"]): Ruling {
  return { verdict: "hold", reason };
}

function retain(reason: Ruling["reason"]): Ruling {
  return { verdict: "retain", reason };
}
