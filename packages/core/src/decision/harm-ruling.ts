import type { CheckResult } from "./decision.ts";
import type { Ruling } from "./operator.ts";

/** One check of harm that fails is harm; one that can't be computed is none (I7). */
export function harmRuling(checks: readonly CheckResult[]): Ruling | null {
  return checks.some(({ status }) => status === "fail") ? { verdict: "rollback", reason: "harm" } : null;
}
