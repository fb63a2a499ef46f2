import { clopperPearson, rateSequence } from "@gauntlet/core";

import type { TrainedFacts } from "./rps-metrics.ts";

/** How far production may be from training before it counts: people are not the players that a model was trained on. */
const MARGIN = 0.05;
/** Of both intervals: so rarely is a version accused that guesses as well as it was trained. */
const ALPHA = 0.001;
/** Guesses after which the sequence is narrowest. */
const TUNED_AT = 1000;

export interface Parity {
  /** Where the accuracy in production lies, at every instant together with 99.9% certainty. */
  readonly low: number;
  readonly high: number;
  /** Production is surely worse than training promised, by more than the margin. */
  readonly isBroken: boolean;
}

/**
 * Whether a version guesses in production as it did on rows held out at its training. It is looked at at every scrape, so
 * production has a confidence sequence, which holds at all looks together; training was looked at once and has the exact
 * interval of Clopper and Pearson. Raw ratios of twenty guesses would alarm all day.
 */
export function parityOf(seen: { readonly hits: number; readonly of: number }, trained: TrainedFacts): Parity {
  const { low, high } = rateSequence(seen, { alpha: ALPHA, tunedAt: TUNED_AT });
  const promised = clopperPearson({ hits: Math.round(trained.accuracy * trained.rows), of: trained.rows }, 1 - ALPHA);
  return { low, high, isBroken: high < promised.low - MARGIN };
}
