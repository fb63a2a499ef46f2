import type { AbtestPolicy } from "../../policy/policy.ts";
import { toNumber } from "../../policy/rational.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { CheckResult } from "../decision.ts";
import type { Look } from "../observation.ts";
import { armsOf, type ArmPair } from "./arms.ts";
import { precisionCheck } from "./precision-check.ts";
import { quantileCheck } from "./quantile-check.ts";
import { rateCheck } from "./rate-check.ts";
import { recallCheck } from "./recall-check.ts";

/** What a check may know beside its own rule. */
export interface CheckContext {
  readonly strict: boolean;
  readonly arms: ArmPair;
  /** Of this look: the policy's alpha divided by the number of looks in strict mode, so that peeking costs nothing. */
  readonly alpha: number;
}

/**
 * What must hold for a promotion, computed from the look alone. Every check must pass: an intersection–union test,
 * which holds each at its own alpha without a correction (Berger 1982).
 */
export function promotionChecks(policy: AbtestPolicy, rollout: Rollout, look: Look): readonly CheckResult[] {
  const strict = policy.mode === "strict";
  const context: CheckContext = { strict, arms: armsOf(rollout, look.evidence), alpha: toNumber(policy.alpha) / (strict ? look.of : 1) };
  return policy.checks.map((rule) => {
    switch (rule.kind) {
      case "superiority":
        return recallCheck(rule, context);
      case "band":
        return precisionCheck(rule, context);
      case "quantile":
        return quantileCheck(rule, context);
      case "rate":
        return rateCheck(rule, context);
    }
  });
}
