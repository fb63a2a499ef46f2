import { bucketOf, BUCKETS } from "@gauntlet/core";

import type { ModelType } from "../policies/bot-policy.ts";
import type { PlayingSlot } from "./slots.ts";

/** How games are divided between the two playing slots. */
export interface AbTesting {
  /** Otherwise every game is Production's. */
  readonly isOn: boolean;
  /** Of each family, the part of its games that Production has, from 0 to 1. */
  readonly productionShare: Readonly<Record<ModelType, number>>;
}

/**
 * Which of the two playing slots a game has: by its id alone, so that it is the same after a restart and in every replica. The
 * games of one session are divided like any others, each for itself.
 */
export function assignSlots({ isOn, productionShare }: AbTesting): (type: ModelType, gameId: string) => PlayingSlot {
  return (type, gameId) => (!isOn || bucketOf(`rps/${type}`, gameId) >= Math.round(BUCKETS * (1 - productionShare[type])) ? "Production" : "B");
}
