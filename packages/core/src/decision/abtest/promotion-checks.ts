import type { AbtestPolicy } from "../../policy/policy.ts";
import { rolloutAlpha } from "../../policy/rollout-alpha.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { CheckResult } from "../decision.ts";
import type { Look, Observation } from "../observation.ts";
import { armsOf, type ArmPair } from "../arms.ts";
import { boundCheck } from "./bound-check.ts";
import { driftCheck } from "./drift-check.ts";
import { meanCheck } from "./mean-check.ts";
import { offlineCheck } from "./offline-check.ts";
import { proportionCheck } from "./proportion-check.ts";
import type { Watching } from "../sequences.ts";
import { precisionCheck } from "./precision-check.ts";
import { quantileCheck } from "./quantile-check.ts";
import { rateCheck } from "./rate-check.ts";
import { recallCheck } from "./recall-check.ts";

/** What a check may know beside its own rule. */
export interface CheckContext {
  readonly strict: boolean;
  readonly arms: ArmPair;
  /** Of this look; see `alphaOf`. */
  readonly alpha: number;
  /** How to bound things that are watched all the time; null when looks are few and fixed. */
  readonly watching: Watching | null;
}

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

export function checkContext(policy: AbtestPolicy, rollout: Rollout, look: Look): CheckContext {
  const alpha = alphaOf(policy, rollout, look);
  return {
    strict: policy.mode === "strict",
    arms: armsOf(rollout, look.evidence),
    alpha,
    watching: policy.monitoring === "continuous" ? { alpha, tunedAt: policy.minSamples } : null,
  };
}

/** The alpha of one look. Strict mode divides it among fixed looks (Bonferroni); evidence that is watched all the time needs no division. */
function alphaOf(policy: AbtestPolicy, rollout: Rollout, { of }: Look): number {
  const looks = policy.mode === "strict" && policy.monitoring === "looks" ? of : 1;
  return rolloutAlpha(policy, rollout) / looks;
}
