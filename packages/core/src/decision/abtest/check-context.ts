import type { AbtestPolicy } from "../../policy/policy.ts";
import { rolloutAlpha } from "../../policy/rollout-alpha.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { armsOf, type ArmPair } from "../arms.ts";
import type { Look } from "../observation.ts";
import type { Watching } from "../sequences.ts";

/** What a check may know beside its own rule. */
export interface CheckContext {
  readonly strict: boolean;
  readonly arms: ArmPair;
  /** Of this look; see `alphaOf`. */
  readonly alpha: number;
  /** How to bound things that are watched all the time; null when looks are few and fixed. */
  readonly watching: Watching | null;
}

/** For the checks of a look. */
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
