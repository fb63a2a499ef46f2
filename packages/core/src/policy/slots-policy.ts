import type { PolicyBase } from "./policy-base.ts";
import type { Rational } from "./rational.ts";

/**
 * Versions hold slots, which are aliases of the registry: the first is the champion's, the second the challenger's, and the
 * rest are shadows, which predict and never play. One rollout is one cycle: it compares the first two by their games, exchanges
 * them or leaves them, and may put the challengers in another order. The product splits its own games.
 */
export interface SlotsPolicy extends PolicyBase {
  readonly kind: "slots";
  /** Aliases, at least two. */
  readonly slots: readonly [string, string, ...string[]];
  /** Name of the metric of games: moments, of 1 for a win, ½ for a tie and 0 for a loss of the version that played. */
  readonly win: string;
  /** Name of the metric of predictions: a rate, of 1 for a right one; null: there is none, and challengers are never put in order. */
  readonly accuracy: string | null;
  /** What the product gives the champion and the challenger, in basis points; they sum to 10,000. */
  readonly split: { readonly champion: number; readonly challenger: number };
  /** Games that each of the two needs before anything is judged. */
  readonly minGames: number;
  /** Strict mode: games of both together after which a gain that is not proven is given up. */
  readonly maxGames: number | null;
  /** Strict mode: the chance that a challenger is ever promoted that is no better. Compat mode: what p is annotated against; nothing goes by it. */
  readonly alpha: Rational;
  /** each: every cycle has all of alpha. across: the k-th rollout of a model has alpha·6/(π²k²), which sums to alpha for ever. */
  readonly spending: "each" | "across";
  readonly srmAlpha: Rational;
  /** When challengers change places, at the end of a cycle; null: never. Compat mode goes by accuracy as it is, whatever stands here. */
  readonly reorder: ReorderRule | null;
  /** None: scores of runs decide nothing here. */
  readonly checks: readonly never[];
}

export interface ReorderRule {
  /** Predictions that each of two challengers needs in this cycle. */
  readonly minPredictions: number;
  /** The chance that a cycle ever puts a challenger before one that is no less accurate. */
  readonly alpha: Rational;
}
