import { type Hits, requireHits, requireInside } from "./input.ts";
import { criticalValue, twoSidedP } from "./normal.ts";
import type { Interval } from "./wilson.ts";

export interface RiskRatio {
  /** First share over second. */
  readonly ratio: number;
  readonly standardErrorLog: number;
  readonly interval: Interval;
  /** Two-sided, of ratio 1. */
  readonly p: number;
}

/**
 * The ratio of two independent proportions with the log-normal interval of Katz et al. (1978):
 * SE(ln ratio) = √(q₁/(n₁p₁) + q₂/(n₂p₂)). Asymptotic. null when either arm has no hit, or neither has a miss.
 */
export function riskRatio(first: Hits, second: Hits, level: number): RiskRatio | null {
  requireHits("the first proportion", first);
  requireHits("the second proportion", second);
  requireInside("level", level);
  if (first.hits === 0 || second.hits === 0 || (first.hits === first.of && second.hits === second.of)) return null;
  const share = ({ hits, of }: Hits): number => (of - hits) / of / hits;
  const standardErrorLog = Math.sqrt(share(first) + share(second));
  const ratio = first.hits / first.of / (second.hits / second.of);
  const factor = Math.exp(criticalValue(level) * standardErrorLog);
  return { ratio, standardErrorLog, interval: { low: ratio / factor, high: ratio * factor }, p: twoSidedP(Math.log(ratio) / standardErrorLog) };
}
