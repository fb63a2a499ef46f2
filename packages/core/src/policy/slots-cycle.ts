/** Exact counts. A game is won, tied, or neither; a prediction is right or not. */
export interface SlotCounts {
  readonly games: number;
  readonly wins: number;
  readonly ties: number;
  readonly predictions: number;
  readonly correct: number;
}

/** What the counters of the first two slots were when their holders were exchanged. */
export interface SwapBaseline {
  readonly decisionId: string;
  readonly at: number;
  readonly games: readonly [champion: number, challenger: number];
}

/** What the cycles of a model came to: what the next one begins with. */
export interface CyclesSoFar {
  readonly baseline: SwapBaseline | null;
  /** Cycles since the latest swap, or ever where there was none. */
  readonly cyclesBefore: number;
}

/** What was counted under each slot in epochs that take no outcomes any more: those up to `through`. */
export interface CarriedCounts {
  readonly through: number;
  readonly slots: Readonly<Record<string, SlotCounts>>;
}
