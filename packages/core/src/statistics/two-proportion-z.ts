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
  /** With the unpooled standard error √(p₁q₁/n₁ + p₂q₂/n₂); null when that is 0. */
  readonly unpooledZ: number | null;
  readonly unpooledP: number | null;
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
  if (hits === 0 || hits === total) return { difference, z: 0, p: 1, correctedZ: 0, correctedP: 1, unpooledZ: null, unpooledP: null };
  const inverse = 1 / first.of + 1 / second.of;
  const error = Math.sqrt((hits / total) * ((total - hits) / total) * inverse);
  const z = difference / error;
  const correctedZ = (Math.sign(difference) * Math.max(0, Math.abs(difference) - inverse / 2)) / error;
  return { difference, z, p: twoSidedP(z), correctedZ, correctedP: twoSidedP(correctedZ), ...unpooled(first, second) };
}

function unpooled(first: Hits, second: Hits): { readonly unpooledZ: number | null; readonly unpooledP: number | null } {
  const variance = ({ hits, of }: Hits): number => ((hits / of) * ((of - hits) / of)) / of;
  const error = Math.sqrt(variance(first) + variance(second));
  if (error === 0) return { unpooledZ: null, unpooledP: null };
  const unpooledZ = (first.hits / first.of - second.hits / second.of) / error;
  return { unpooledZ, unpooledP: twoSidedP(unpooledZ) };
}
