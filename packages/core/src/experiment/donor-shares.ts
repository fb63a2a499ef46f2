import { Failure } from "../failure/failure.ts";

/** A share before or after a change, in basis points, under a name that is there once. */
export interface NamedShare {
  readonly name: string;
  readonly basisPoints: number;
}

/**
 * Sets the shares of some, and lets all others keep what is left in proportion to what they have: whole basis points by
 * largest remainder, the earlier of two equal remainders first, so that the sum stays 10,000. A name in `targets` that is
 * not in `shares` comes last, in the order of `targets`.
 *
 * @throws Failure `invalid_input` when a target is not a whole number in 0 … 10,000, their sum is beyond 10,000, the given
 * shares do not sum to 10,000, or something is left and nobody is there to keep it.
 */
export function donorShares(shares: readonly NamedShare[], targets: Readonly<Record<string, number>>): readonly NamedShare[] {
  const left = 10_000 - requireTargets(shares, targets);
  const donors = shares.filter(({ name }) => !Object.hasOwn(targets, name));
  const total = donors.reduce((sum, { basisPoints }) => sum + basisPoints, 0);
  if (total === 0 && left > 0) throw unsound(`${left} basis points are left, and no variant has a share to keep them`, "name more targets");
  const whole = donors.map(({ basisPoints }) => (total === 0 ? 0 : Math.floor((basisPoints * left) / total)));
  const rest = donors.map(({ basisPoints }) => (total === 0 ? 0 : (basisPoints * left) % total));
  let missing = left - whole.reduce((sum, part) => sum + part, 0);
  for (const index of [...rest.keys()].toSorted((a, b) => (rest[b] as number) - (rest[a] as number) || a - b)) {
    if (missing === 0) break;
    whole[index] = (whole[index] as number) + 1;
    missing -= 1;
  }
  const kept = new Map(donors.map(({ name }, index) => [name, whole[index] as number]));
  const newcomers = Object.entries(targets).filter(([name]) => !shares.some((share) => share.name === name));
  return [...shares.map(({ name }) => ({ name, basisPoints: targets[name] ?? kept.get(name) ?? 0 })), ...newcomers.map(([name, basisPoints]) => ({ name, basisPoints }))];
}

function requireTargets(shares: readonly NamedShare[], targets: Readonly<Record<string, number>>): number {
  const present = shares.reduce((sum, { basisPoints }) => sum + basisPoints, 0);
  if (present !== 10_000) throw unsound(`the present shares sum to ${present} basis points`, "give shares that sum to 10,000");
  if (new Set(shares.map(({ name }) => name)).size !== shares.length) throw unsound("a name is there twice", "name each share once");
  let sum = 0;
  for (const [name, basisPoints] of Object.entries(targets)) {
    if (!Number.isInteger(basisPoints) || basisPoints < 0 || basisPoints > 10_000) throw unsound(`"${name}" can't have ${basisPoints} basis points`, "give a whole number from 0 to 10,000");
    sum += basisPoints;
  }
  if (sum > 10_000) throw unsound(`the targets sum to ${sum} basis points`, "give targets of at most 10,000 together");
  return sum;
}

function unsound(what: string, fix: string): Failure {
  return new Failure("invalid_input", what, { fix });
}
