import { BUCKETS_PER_BASIS_POINT } from "./allocation.ts";
import type { Allocation } from "./allocation.ts";
import { bucketsOf } from "./share.ts";

/** The live share of each slot, in basis points; they sum to 10,000. */
export function sharesOf(allocation: Allocation): Readonly<Record<string, number>> {
  return Object.fromEntries(allocation.arms.map((arm) => [arm.slot, bucketsOf(arm) / BUCKETS_PER_BASIS_POINT]));
}
