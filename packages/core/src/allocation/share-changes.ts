import type { Allocation, Arm } from "./allocation.ts";
import { bucketsOf } from "./share.ts";
import { BUCKETS_PER_BASIS_POINT } from "./allocation.ts";

/** What one arm has before and after a change, in basis points; 0 where it isn't there. */
export interface ShareChange {
  readonly slot: string;
  readonly version: string;
  readonly before: number;
  readonly after: number;
}

/** The arms of both allocations, those of `after` first; an arm is a slot with its version. Without `before` nothing had a share. */
export function shareChanges(before: Allocation | null, after: Allocation): readonly ShareChange[] {
  const earlier = before?.arms ?? [];
  const gone = earlier.filter((arm) => !after.arms.some((other) => same(arm, other)));
  return [
    ...after.arms.map((arm) => ({ ...named(arm), before: share(earlier.find((other) => same(arm, other))), after: share(arm) })),
    ...gone.map((arm) => ({ ...named(arm), before: share(arm), after: 0 })),
  ];
}

function named({ slot, version }: Arm): Pick<ShareChange, "slot" | "version"> {
  return { slot, version };
}

function share(arm: Arm | undefined): number {
  return arm === undefined ? 0 : bucketsOf(arm) / BUCKETS_PER_BASIS_POINT;
}

function same(left: Arm, right: Arm): boolean {
  return left.slot === right.slot && left.version === right.version;
}
