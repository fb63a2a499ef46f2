import type { Policy } from "../../policy/policy.ts";
import type { KnownWorld } from "../default-world.ts";
import { lintBounds } from "./bounds.ts";
import { lintComparisons } from "./comparisons.ts";
import { lintDrift } from "./drift.ts";
import { factsOf } from "./facts.ts";
import { lintLabels } from "./labels.ts";
import { lintLooks } from "./looks.ts";
import { lintPower } from "./power.ts";
import { lintPrecision } from "./precision.ts";
import { lintQuantiles } from "./quantiles.ts";
import { lintRamp } from "./ramps.ts";
import { lintRates } from "./rates.ts";
import { lintRating } from "./ratings.ts";
import { lintSlots } from "./slots.ts";
import { lintWatch } from "./watch.ts";
import type { PolicyWarning } from "./warning.ts";

/**
 * Why a policy can't work, or works otherwise than its author may think. What needs to know the traffic, the versions or
 * the labels is said only when `known`, or the policy's impact model, says so; warnings first.
 *
 * @throws Failure `invalid_input` for a world that can't be.
 */
export function lintPolicy(policy: Policy, known: KnownWorld | null): readonly PolicyWarning[] {
  // What is said of a window, of labels and of pairs says nothing of a ramp.
  if (policy.kind === "ramp") return lintRamp(policy, known ?? {});
  if (policy.kind === "rating") return lintRating(policy);
  if (policy.kind === "slots") return lintSlots(policy);
  const facts = factsOf(policy, known ?? {});
  const found = [lintPower, lintPrecision, lintQuantiles, lintRates, lintComparisons, lintBounds, lintDrift, lintLabels, lintLooks, lintWatch].flatMap((lint) => lint(facts));
  return found.toSorted((a, b) => Number(a.severity === "note") - Number(b.severity === "note"));
}
