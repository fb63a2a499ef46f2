import { type Hits, requireHits } from "./input.ts";
import { twoSidedP } from "./normal.ts";

export interface TwoProportionZ {
  readonly difference: number;
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
  /** With Yates' continuity correction. */
  readonly correctedZ: number;
  readonly correctedP: number;
}

/**
 * The z test of first − second with the pooled standard error √(p̄q̄(1/n₁ + 1/n₂)); Yates (1934) subtracts ½(1/n₁ + 1/n₂).
 * Asymptotic. Two proportions that are both 0 or both 1 give z = 0.
 */
export function twoProportionZ(first: Hits, second: Hits): TwoProportionZ {
  requireHits("the first proportion", first);
  requireHits("the second proportion", second);
  const difference = first.hits / first.of - second.hits / second.of;
  const total = first.of + second.of;
  const hits = first.hits + second.hits;
  if (hits === 0 || hits === total) return { difference, z: 0, p: 1, correctedZ: 0, correctedP: 1 };
  const inverse = 1 / first.of + 1 / second.of;
  const error = Math.sqrt((hits / total) * ((total - hits) / total) * inverse);
  const z = difference / error;
  const correctedZ = (Math.sign(difference) * Math.max(0, Math.abs(difference) - inverse / 2)) / error;
  return { difference, z, p: twoSidedP(z), correctedZ, correctedP: twoSidedP(correctedZ) };
}
