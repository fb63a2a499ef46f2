import type { CheckResult } from "../decision.ts";

/** A check with what the ruling on a stage must know of it beside its status. */
export interface StageCheck {
  readonly check: CheckResult;
  /** The point lies beyond what is allowed. */
  readonly breached: boolean;
  /** Chance alone would often take the point beyond it: nothing follows from where it lies, and `nNeeded` says what would do. */
  readonly noisy: boolean;
  /** It is asked for before the promotion only. */
  readonly atLast: boolean;
  /** The champion itself is beyond the limit, so that nothing is held against the challenger. */
  readonly championOver: boolean;
}

export function stageCheck(check: CheckResult, known: Partial<Omit<StageCheck, "check">> = {}): StageCheck {
  return { check, breached: false, noisy: false, atLast: false, championOver: false, ...known };
}
