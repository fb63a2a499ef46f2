import { BUCKETS_PER_BASIS_POINT } from "./allocation.ts";
import type { Allocation, Arm, BucketHash } from "./allocation.ts";
import { requireAllocation } from "./check-allocation.ts";
import { requireShares } from "./share.ts";
import type { Share } from "./share.ts";

/**
 * A fresh allocation: one contiguous range for each slot, in the order given. A slot with 0 basis points owns nothing;
 * it stays as an arm only under a shadow, which mirrors to it.
 *
 * @throws Failure `invalid_input` for shares that are not whole or do not sum to 10,000, a slot that is there twice,
 * or a seed that is empty or holds ":".
 */
export function allocate(request: {
  readonly model: string;
  readonly epoch: number;
  readonly seed: string;
  readonly hash?: BucketHash;
  readonly shares: readonly Share[];
  readonly shadow: boolean;
}): Allocation {
  const { model, epoch, seed, hash, shares, shadow } = request;
  requireShares(shares);
  const arms: Arm[] = [];
  let from = 0;
  for (const { slot, version, basisPoints } of shares) {
    const to = from + basisPoints * BUCKETS_PER_BASIS_POINT;
    if (to > from || shadow) arms.push({ slot, version, ranges: to > from ? [{ from, to }] : [] });
    from = to;
  }
  const allocation: Allocation = { model, epoch, seed, ...(hash === undefined ? {} : { hash }), arms, shadow };
  requireAllocation(allocation);
  return allocation;
}
