import { Failure } from "../failure/failure.ts";
import { BUCKETS_PER_BASIS_POINT } from "./allocation.ts";
import type { Allocation, Arm, Range } from "./allocation.ts";
import { requireAllocation } from "./check-allocation.ts";
import { bucketsOf, requireShares } from "./share.ts";
import type { Share } from "./share.ts";

/**
 * Gives the slots new shares and moves as few units to another version as can be: exactly the sum of what the growing
 * versions gain. A share inherits the buckets of the arm that had its version, so a version that changes its slot (a
 * challenger that becomes champion) takes its units along. Donors give their highest buckets; those that grow take the
 * lowest free ones, in the order of the shares. Seed and shadow stay.
 *
 * @throws Failure `invalid_input` for an unsound allocation or unsound shares; `stale_epoch` unless `epoch` is higher.
 */
export function reallocate(current: Allocation, shares: readonly Share[], epoch: number): Allocation {
  requireAllocation(current);
  requireShares(shares);
  if (!(epoch > current.epoch)) {
    throw new Failure("stale_epoch", `"${current.model}" is at epoch ${current.epoch}, so its next allocation cannot be epoch ${epoch}`, {
      fix: "an epoch is used once: take the next number",
    });
  }
  const heirs = inherit(current.arms, shares);
  const free: Range[] = current.arms.filter((arm) => !heirs.includes(arm)).flatMap((arm) => arm.ranges);
  const kept = shares.map((share, index) => {
    const [keep, give] = cut(heirs[index]?.ranges ?? [], share.basisPoints * BUCKETS_PER_BASIS_POINT);
    free.push(...give);
    return keep;
  });
  let rest: readonly Range[] = coalesce(free);
  const arms: Arm[] = [];
  for (const [index, { slot, version, basisPoints }] of shares.entries()) {
    const keep = kept[index] ?? [];
    const [taken, left] = cut(rest, basisPoints * BUCKETS_PER_BASIS_POINT - size(keep));
    rest = left;
    if (basisPoints > 0 || current.shadow) arms.push({ slot, version, ranges: coalesce([...keep, ...taken]) });
  }
  const next = { ...current, epoch, arms };
  requireAllocation(next);
  return next;
}

/** For each share the arm whose buckets it begins with, or null: the arm of its version, of its own slot if there are two. */
function inherit(arms: readonly Arm[], shares: readonly Share[]): readonly (Arm | null)[] {
  const open = arms.filter((arm) => !shares.some((share) => same(arm, share))).toSorted((a, b) => bucketsOf(b) - bucketsOf(a));
  return shares.map((share) => {
    const own = arms.find((arm) => same(arm, share));
    if (own !== undefined) return own;
    const position = open.findIndex((arm) => arm.version === share.version);
    return position < 0 ? null : (open.splice(position, 1)[0] ?? null);
  });
}

function same(arm: Arm, share: Share): boolean {
  return arm.slot === share.slot && arm.version === share.version;
}

/** Splits ranges after their first `count` buckets. */
function cut(ranges: readonly Range[], count: number): readonly [readonly Range[], readonly Range[]] {
  const low: Range[] = [];
  const high: Range[] = [];
  let left = count;
  for (const { from, to } of coalesce(ranges)) {
    const middle = Math.min(to, from + Math.max(0, left));
    if (middle > from) low.push({ from, to: middle });
    if (to > middle) high.push({ from: middle, to });
    left -= middle - from;
  }
  return [low, high];
}

/** Sorted, with neighbours joined. */
function coalesce(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && last.to === range.from) joined[joined.length - 1] = { from: last.from, to: range.to };
    else joined.push(range);
  }
  return joined;
}

function size(ranges: readonly Range[]): number {
  return ranges.reduce((sum, range) => sum + range.to - range.from, 0);
}
