import { BUCKETS_PER_BASIS_POINT, Failure, type Allocation } from "@gauntlet/core";

/** What a serving system is told of an allocation: who answers which part of the requests, and who gets copies of them. */
export interface Split {
  /** Basis points by version; those that get nothing are in it with 0 when they are mirrored to. They sum to 10,000. */
  readonly shares: ReadonlyMap<string, number>;
  /** The version that gets a copy of every request, answers without acting; null: none does. */
  readonly mirror: string | null;
}

/**
 * Serving systems split requests, not units, so that ranges come down to their sums, and copy requests to one other
 * version at most.
 *
 * @throws Failure `invalid_input` for a shadow that would need more: copies for several versions, or only of the
 * requests that a version didn't answer itself.
 */
export function splitOf(allocation: Allocation): Split {
  const shares = new Map<string, number>();
  for (const { version, ranges } of allocation.arms) {
    const basisPoints = ranges.reduce((sum, { from, to }) => sum + to - from, 0) / BUCKETS_PER_BASIS_POINT;
    shares.set(version, (shares.get(version) ?? 0) + basisPoints);
  }
  if (!allocation.shadow) return { shares, mirror: null };
  const idle = [...shares].filter(([, share]) => share === 0).map(([version]) => version);
  if (shares.size - idle.length > 1 || idle.length > 1) {
    throw new Failure("invalid_input", `epoch ${allocation.epoch} of ${allocation.model} can't be applied: a route copies every request to one version at most, and here ${shares.size - idle.length} versions answer and ${idle.length} get copies`, {
      fix: "write shadow: false in the policy; Gauntlet's own gateway alone answers each request with both versions",
    });
  }
  return { shares, mirror: idle[0] ?? null };
}

/**
 * The shares as whole numbers that sum to `total`, exactly.
 *
 * @throws Failure `invalid_input` when one isn't whole: rounded, it would be another split than the one that is tested,
 * which the check of the realised split finds in the end.
 */
export function weightsOf(shares: ReadonlyMap<string, number>, total: 100 | 10_000): ReadonlyMap<string, number> {
  const parts = 10_000 / total;
  const odd = [...shares].find(([, share]) => share % parts !== 0);
  if (odd !== undefined) {
    throw new Failure("invalid_input", `version ${odd[0]} is to get ${odd[1] / 100} %, and this serving system splits by whole percents`, { fix: "use whole percents in the policy" });
  }
  return new Map([...shares].map(([version, share]) => [version, share / parts]));
}

/** For systems that take any sum: percents where they do, because people read them, and basis points where not. */
export function readableWeights(shares: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return weightsOf(shares, [...shares.values()].every((share) => share % 100 === 0) ? 100 : 10_000);
}
