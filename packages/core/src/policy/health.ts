import type { Rational } from "./rational.ts";

/** How late a follow-up or label may be; null when the policy waits for none. */
export function lagMaxOf(rules: HealthRules, maturityMs: number): number | null {
  return rules.lagMaxMs ?? (maturityMs > 0 ? maturityMs : null);
}

/**
 * What evidence must be like before it is judged. A policy without them is judged as it always was: by the test of the split
 * and the coverage of its labels alone.
 */
export interface HealthRules {
  /** How far the realised share of a slot may lie from the intended one. */
  readonly splitGapMax: Rational;
  /** The share of units that may be seen under two versions of one epoch. */
  readonly crossedMax: Rational;
  /** The least share of follow-ups and labels that meets an outcome. */
  readonly joinedMin: Rational;
  /** How long after its outcome a follow-up or label may come; of every twenty, one may be later. null: as long as `maturityMs` says. */
  readonly lagMaxMs: number | null;
  /** How long an arm may be without any outcome while another has some. */
  readonly silenceMaxMs: number;
  /** How far the data of a source may lie behind the clock. */
  readonly sourceAgeMaxMs: number;
}
