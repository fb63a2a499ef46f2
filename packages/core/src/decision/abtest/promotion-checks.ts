import type { AbtestPolicy } from "../../policy/policy.ts";
import type { CheckResult } from "../decision.ts";
import type { Look, Observation } from "../observation.ts";
import { boundCheck } from "./bound-check.ts";
import { checkContext } from "./check-context.ts";
import { driftCheck } from "./drift-check.ts";
import { meanCheck } from "./mean-check.ts";
import { offlineCheck } from "./offline-check.ts";
import { proportionCheck } from "./proportion-check.ts";
import { precisionCheck } from "./precision-check.ts";
import { quantileCheck } from "./quantile-check.ts";
import { rateCheck } from "./rate-check.ts";
import { recallCheck } from "./recall-check.ts";

/**
 * What must hold for a promotion, computed from the look alone; scores of the registry's runs are there before it. Every check must pass: an intersection–union test,
 * which holds each at its own alpha without a correction (Berger 1982).
 */
export function promotionChecks(policy: AbtestPolicy, { rollout, registry }: Pick<Observation, "rollout" | "registry">, look: Look): readonly CheckResult[] {
  const context = checkContext(policy, rollout, look);
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
      case "proportion":
        return proportionCheck(rule, context);
      case "mean":
        return meanCheck(rule, context);
      case "bound":
        return boundCheck(rule, context);
      case "offline":
        return offlineCheck(rule, rollout, registry);
      case "drift":
        return driftCheck(rule, context);
    }
  });
}
