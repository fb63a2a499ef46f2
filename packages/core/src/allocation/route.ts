import { Failure } from "../failure/failure.ts";
import type { Allocation, Arm } from "./allocation.ts";
import { bucketOf } from "./bucket-of.ts";
import { requireAllocation } from "./check-allocation.ts";

/** Finds the arm of a unit. */
export type Routes = (unit: string) => Arm;

/**
 * The arm that serves a unit. For many units of one allocation use `compileRoutes`.
 * @throws Failure `invalid_input` as `bucketOf` does; `internal` when nobody owns the bucket.
 */
export function armOf(allocation: Allocation, unit: string): Arm {
  const bucket = bucketOf(allocation.seed, unit, allocation.hash);
  const arm = allocation.arms.find((arm) => arm.ranges.some((range) => range.from <= bucket && bucket < range.to));
  if (arm === undefined) throw new Failure("internal", `no arm of "${allocation.model}" epoch ${allocation.epoch} owns bucket ${bucket}`);
  return arm;
}

/**
 * The same as `armOf`, prepared for the hot path: the allocation is checked once and its ranges are sorted.
 * @throws Failure `invalid_input` when the allocation is not a partition.
 */
export function compileRoutes(allocation: Allocation): Routes {
  requireAllocation(allocation);
  const owned = allocation.arms.flatMap((arm) => arm.ranges.map((range) => ({ from: range.from, arm }))).toSorted((a, b) => a.from - b.from);
  const starts = Int32Array.from(owned, (range) => range.from);
  const arms = owned.map((range) => range.arm);
  const { seed, hash } = allocation;
  return (unit) => arms[lastAtMost(starts, bucketOf(seed, unit, hash))] as Arm;
}

/** Index of the last element ≤ value, by bisection; `sorted` begins with 0. */
function lastAtMost(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle;
    else high = middle;
  }
  return low;
}
