import type { Allocation } from "../allocation/allocation.ts";
import type { Share } from "../allocation/share.ts";
import { sharesOf } from "../allocation/shares-of.ts";
import { donorShares } from "../experiment/donor-shares.ts";
import type { RampPolicy } from "../policy/ramp-policy.ts";
import type { RolloutSlots } from "../policy/rollout.ts";

interface Grown {
  readonly allocation: Allocation;
  readonly slots: RolloutSlots;
  readonly champion: string;
  readonly challenger: string;
  readonly basisPoints: number;
  readonly control: RampPolicy["control"];
}

/**
 * The shares of an allocation in which the challenger has `basisPoints`. Everybody else gives in proportion to what they
 * have; the champion's cohort of control is then cut out of the champion's own share, as large as the challenger's, as
 * long as the champion keeps something beside it.
 */
export function rampShares({ allocation, slots, champion, challenger, basisPoints, control }: Grown): readonly Share[] {
  const present = sharesOf(allocation);
  const versions: Readonly<Record<string, string>> = { ...Object.fromEntries(allocation.arms.map((arm) => [arm.slot, arm.version])), [slots.challenger]: challenger, [slots.champion]: champion };
  const merged = Object.entries({ ...present, [slots.champion]: (present[slots.champion] ?? 0) + (slots.control === null ? 0 : (present[slots.control] ?? 0)) })
    .filter(([slot]) => slot !== slots.control)
    .map(([name, points]) => ({ name, basisPoints: points }));
  const grown = donorShares(merged, { [slots.challenger]: basisPoints });
  return grown.flatMap(({ name, basisPoints: points }): Share[] => {
    const share = { slot: name, version: versions[name] ?? challenger, basisPoints: points };
    if (name !== slots.champion || slots.control === null || control === "rest" || points <= basisPoints) return [share];
    return [
      { ...share, basisPoints: points - basisPoints },
      { slot: slots.control, version: champion, basisPoints },
    ];
  });
}
