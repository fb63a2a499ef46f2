import type { Network } from "./network/network.ts";
import type { BoostedTrees } from "./trees/boosted-trees.ts";

/** What a learner leaves behind. */
export type Model = BoostedTrees | Network;
