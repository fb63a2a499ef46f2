import { type Hits, requireHits, requireInside } from "./input.ts";
import type { Difference } from "./newcombe.ts";
import { criticalValue } from "./normal.ts";

/**
 * Wald's interval of first − second with the unpooled standard error √(p₁q₁/n₁ + p₂q₂/n₂). Asymptotic, and poor for small
 * counts; null when that error is 0, because no variance is no certainty. Prefer `newcombe`.
 */
export function unpooledDifference(first: Hits, second: Hits, level: number): Difference | null {
  requireHits("the first proportion", first);
  requireHits("the second proportion", second);
  const interval = wald({ p: first.hits / first.of, n: first.of }, { p: second.hits / second.of, n: second.of }, level);
  return interval.low === interval.high ? null : { difference: first.hits / first.of - second.hits / second.of, low: Math.max(-1, interval.low), high: Math.min(1, interval.high) };
}

/**
 * Agresti & Caffo (2000): Wald's interval after one hit and one miss have been added to each arm. Asymptotic, and sound for
 * small counts.
 */
export function agrestiCaffo(first: Hits, second: Hits, level: number): Difference {
  requireHits("the first proportion", first);
  requireHits("the second proportion", second);
  const adjusted = ({ hits, of }: Hits): Arm => ({ p: (hits + 1) / (of + 2), n: of + 2 });
  const { low, high } = wald(adjusted(first), adjusted(second), level);
  return { difference: first.hits / first.of - second.hits / second.of, low: Math.max(-1, low), high: Math.min(1, high) };
}

interface Arm {
  readonly p: number;
  readonly n: number;
}

function wald(first: Arm, second: Arm, level: number): { readonly low: number; readonly high: number } {
  requireInside("level", level);
  const difference = first.p - second.p;
  const half = criticalValue(level) * Math.sqrt((first.p * (1 - first.p)) / first.n + (second.p * (1 - second.p)) / second.n);
  return { low: difference - half, high: difference + half };
}
