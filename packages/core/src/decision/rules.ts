import type { Decision } from "./decision.ts";

/**
 * The version of the rules: of all that makes a verdict, its plan and its words from an observation. It is raised whenever
 * the same observation gives other bytes, so that whoever replays an old decision can tell a change of the rules from a
 * change of the ledger. `replay/golden` keeps what each version decided; a test fails when that changes under one number.
 *
 * 1: decisions without a number. 2: decisions say their number.
 */
export const RULES: number = 2;

/** By which rules a decision was made. */
export function rulesOf({ rules }: Pick<Decision, "rules">): number {
  return rules ?? 1;
}
