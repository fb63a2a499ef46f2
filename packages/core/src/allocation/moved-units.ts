import { BUCKETS } from "./allocation.ts";
import type { Allocation } from "./allocation.ts";
import { bucketsOf } from "./share.ts";

/**
 * The fraction of units, 0 … 1, that another version serves after the change. With one seed and hash it is counted, bucket by
 * bucket. With two of them a unit's old and new bucket are independent, and it is what is to be expected:
 * 1 − Σ share before · share after over the versions.
 */
export function movedUnits(before: Allocation, after: Allocation): number {
  if (before.seed !== after.seed || before.hash !== after.hash) return movedByChance(before, after);
  const cuts = [0, BUCKETS, ...edges(before), ...edges(after)];
  const points = [...new Set(cuts)].toSorted((a, b) => a - b);
  let moved = 0;
  for (const [index, from] of points.entries()) {
    const to = points[index + 1];
    if (to !== undefined && versionAt(before, from) !== versionAt(after, from)) moved += to - from;
  }
  return moved / BUCKETS;
}

function movedByChance(before: Allocation, after: Allocation): number {
  let stayed = 0;
  for (const old of before.arms) {
    for (const arm of after.arms) if (arm.version === old.version) stayed += bucketsOf(old) * bucketsOf(arm);
  }
  return 1 - stayed / (BUCKETS * BUCKETS);
}

function edges(allocation: Allocation): number[] {
  return allocation.arms.flatMap((arm) => arm.ranges.flatMap((range) => [range.from, range.to]));
}

function versionAt(allocation: Allocation, bucket: number): string | null {
  return allocation.arms.find((arm) => arm.ranges.some((range) => range.from <= bucket && bucket < range.to))?.version ?? null;
}
