import type { CheckRule, HarmRule } from "./check-rule.ts";
import type { PolicyBase } from "./policy-base.ts";
import type { RampPolicy } from "./ramp-policy.ts";
import type { RatingPolicy } from "./rating-policy.ts";
import type { Rational } from "./rational.ts";
import type { SlotsPolicy } from "./slots-policy.ts";

/** The kinds Gauntlet decides today; an unknown kind is an error. */
export type Policy = AbtestPolicy | RampPolicy | RatingPolicy | SlotsPolicy;

export interface AbtestPolicy extends PolicyBase {
  readonly kind: "abtest";
  /** Live shares in basis points; they sum to 10,000. */
  readonly split: { readonly champion: number; readonly challenger: number };
  /** Mirror every request to the version that did not serve it: the only way to have pairs. */
  readonly shadow: boolean;
  /**
   * looks: judged once or twice, at instants fixed in advance; the most power for its data.
   * continuous: judged at every tick, by evidence that holds under any peeking; ends as soon as it can.
   */
  readonly monitoring: "looks" | "continuous";
  /** The looks: the first after `minMs`, the last after `maxMs`, each once its labels are mature. */
  readonly window: { readonly minMs: number; readonly maxMs: number };
  /** How long a challenger that won is watched with everything before it is promoted. Left out: to win is the promotion. */
  readonly watchMs?: number;
  readonly labels: LabelRule;
  /** Live outcomes each version needs before a look counts. */
  readonly minSamples: number;
  /** Of the whole experiment; strict mode divides it among its looks. */
  readonly alpha: Rational;
  /** each: every challenger has all of alpha. across: the k-th challenger of a model has alpha·6/(π²k²), which sums to alpha for ever. */
  readonly spending: "each" | "across";
  readonly srmAlpha: Rational;
  readonly checks: readonly CheckRule[];
  readonly harm: readonly HarmRule[];
}

export interface LabelRule {
  /** Requests younger than this are not judged by their labels: most have none yet. */
  readonly maturityMs: number;
  /** Share of mature requests that must have a label, in both arms. */
  readonly coverageMin: Rational;
  /** Largest allowed difference of coverage between the arms. */
  readonly coverageGapMax: Rational;
}
