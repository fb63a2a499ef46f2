import { BUCKETS, movedUnits, type Allocation, type ModelState } from "@gauntlet/core";

/** The part of all units that `version` serves live, 0 … 1. */
export function shareOf(allocation: Allocation, version: string): number {
  const owned = allocation.arms.filter((arm) => arm.version === version).flatMap((arm) => arm.ranges);
  return owned.reduce((sum, range) => sum + range.to - range.from, 0) / BUCKETS;
}

/** What serves now, as far as it was read back: the newest traffic change that was applied. */
export function servingAllocation(state: ModelState): Allocation | null {
  const { pending, settled, rollout } = state;
  const moved = pending?.plan.effects.find((effect) => effect.kind === "traffic" && pending.applied.includes(effect.key));
  if (moved?.kind === "traffic") return moved.allocation;
  const before = settled?.plan.effects.find((effect) => effect.kind === "traffic");
  return before?.kind === "traffic" ? before.allocation : (rollout?.allocation ?? null);
}

/** The part of the units that another version will serve when everything goes to `version`. */
export function movedToOne(state: ModelState, version: string): number | null {
  const serving = servingAllocation(state);
  return serving === null ? null : 1 - shareOf(serving, version);
}

/** The same for a rollback, which puts the split of the snapshot back. */
export function movedByRollback(state: ModelState): number | null {
  const serving = servingAllocation(state);
  return serving === null || state.rollout === null ? null : movedUnits(serving, state.rollout.snapshot.allocation);
}
