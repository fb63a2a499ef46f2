import type { ApprovalRule, Comparison, Figure, PolicyBase } from "./policy-base.ts";
import type { Rational } from "./rational.ts";

/** A challenger gets more traffic stage by stage, each judged by its own evidence, until it has all of it. */
export interface RampPolicy extends PolicyBase {
  readonly kind: "ramp";
  /** The experiment whose split moves; null is the model's own split. */
  readonly experiment: string | null;
  /** What must be true before the challenger meets anybody. */
  readonly admission: { readonly offline: readonly AdmissionRule[] };
  /** Ascending; the last has 10,000 basis points. To reach it is the promotion, unless it is watched. */
  readonly stages: readonly RampStage[];
  /**
   * With whom the challenger is compared. equal: a cohort of the champion's as large as its own, while there is room for
   * one. rest: everybody whom the champion serves.
   */
  readonly control: "equal" | "rest";
  /** Only time buckets that ended so long ago are judged: what comes later about an outcome is there by then. */
  readonly maturityMs: number;
  /** Live outcomes that each of the compared arms needs at a stage. */
  readonly minSamples: number;
  readonly srmAlpha: Rational;
  /** One-sided, of each check at the end of a stage. */
  readonly alpha: Rational;
  /** each: every challenger has all of alpha. across: the k-th challenger of a model has alpha·6/(π²k²), which sums to alpha for ever. */
  readonly spending: "each" | "across";
  /** Of each check, watched at every tick. */
  readonly harmAlpha: Rational;
  readonly checks: readonly RampCheck[];
  readonly approval: RampApproval | null;
}

export interface RampStage {
  readonly name: string;
  readonly basisPoints: number;
  /** How long it lasts at least. At the last stage: how long the challenger is watched with everything before it is promoted, or null. */
  readonly dwellMs: number | null;
}

/** Always before the promotion, or only when a check warns. */
export interface RampApproval extends ApprovalRule {
  readonly when: "warn" | "always";
}

/** A score of the challenger: against a number, or against the same score of the champion. All of them must hold. */
export interface AdmissionRule {
  readonly metric: string;
  /** equals: exactly `value`. atLeast, atMost: the bound is `value`, or `times` the champion's score. */
  readonly ask: "equals" | "atLeast" | "atMost";
  readonly bound: { readonly kind: "value"; readonly value: Rational } | { readonly kind: "champion"; readonly times: Rational };
}

export type RampCheck =
  /** The challenger's figure may be worse by a part of the champion's; and by `floor`, in the metric's unit, where the champion's is 0. */
  | {
      readonly kind: "noWorseThan";
      readonly metric: string;
      readonly figure: RampFigure;
      readonly better: Comparison["better"];
      readonly margin: Rational;
      readonly floor: Rational;
    }
  /** A quantile that must not be above a limit; nothing is held against the challenger while the champion is above it too. */
  | { readonly kind: "cap"; readonly metric: string; readonly quantile: Rational; readonly atMost: number }
  /** A rate that must be 0: one hit of the challenger's ends the rollout. */
  | { readonly kind: "never"; readonly metric: string }
  /** Asked for before the promotion only: the challenger's figure must surely be better by more than a part of the champion's. */
  | { readonly kind: "improveBy"; readonly metric: string; readonly figure: RampFigure; readonly better: Comparison["better"]; readonly margin: Rational };

/** Which figure of a metric is compared. */
export type RampFigure = Figure | { readonly kind: "ratio" };
