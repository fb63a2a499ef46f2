import { allocate } from "@gauntlet/core";
import type { Allocation } from "@gauntlet/core";

/** Champion 1 and challenger 2 of the model `mail`. */
export function split(champion: number, more: { readonly epoch?: number; readonly shadow?: boolean } = {}): Allocation {
  return allocate({
    model: "mail",
    epoch: more.epoch ?? 1,
    seed: "mail-rollout-1",
    shares: [
      { slot: "champion", version: "1", basisPoints: champion },
      { slot: "challenger", version: "2", basisPoints: 10_000 - champion },
    ],
    shadow: more.shadow ?? true,
  });
}
