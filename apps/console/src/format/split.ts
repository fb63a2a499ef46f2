/** Live shares by version, parts of 1. */
export type Shares = Readonly<Record<string, number>>;

/** The part of the units that another version will serve: what rises, summed. Ranges move minimally, so no more does. */
export function movedShare(now: Shares, then: Shares): number {
  let moved = 0;
  for (const [version, share] of Object.entries(then)) moved += Math.max(0, share - (now[version] ?? 0));
  return moved;
}

interface Served {
  readonly version: string;
  readonly share: number;
}

/** Several slots may hold one version: their shares add up. */
export function sharesByVersion(served: readonly Served[]): Shares {
  const shares: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const { version, share } of served) shares[version] = (shares[version] ?? 0) + share;
  return shares;
}
