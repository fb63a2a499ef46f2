import type { Comparison, Figure } from "./policy-base.ts";
import type { Rational } from "./rational.ts";

/** What must hold for a promotion. All of them (an intersection–union test, so each keeps its own alpha). */
export type CheckRule =
  | { readonly kind: "superiority"; readonly metric: "recall"; readonly improveBy: Rational; readonly basis: "relative" | "absolute" }
  | { readonly kind: "band"; readonly metric: "precision"; readonly dropMax: Rational; readonly riseMax: Rational }
  | {
      readonly kind: "quantile";
      readonly metric: string;
      readonly quantile: Rational;
      readonly atMost: number;
      /** In the metric's unit, over the champion. */
      readonly increaseMax: number;
    }
  | { readonly kind: "rate"; readonly metric: string; readonly increaseMax: Rational }
  /** A rate that must be better than the champion's, not worse, or equal: `check: rate` with one of these margins in a file. */
  | ({ readonly kind: "proportion"; readonly metric: string } & Comparison)
  | ({ readonly kind: "mean"; readonly metric: string } & Comparison)
  /** The challenger alone, whatever the champion does; either side may be open, not both. */
  | { readonly kind: "bound"; readonly metric: string; readonly figure: Figure; readonly atLeast: Rational | null; readonly atMost: Rational | null }
  /** A score of the challenger's registry run: against numbers, or against the score of the champion's run. */
  | { readonly kind: "offline"; readonly metric: string; readonly atLeast: Rational | null; readonly atMost: Rational | null; readonly against: Comparison | null }
  /** Population stability index of a metric's distribution, challenger against champion. */
  | { readonly kind: "drift"; readonly metric: string; readonly warnAt: Rational; readonly failAt: Rational };

/** What ends the experiment at once, at any time. */
export type HarmRule =
  | { readonly kind: "rate"; readonly metric: string; readonly increaseMax: Rational; readonly alpha: Rational }
  | { readonly kind: "quantile"; readonly metric: string; readonly quantile: Rational; readonly atMost: number; readonly windows: number }
  | { readonly kind: "recall"; readonly alpha: Rational };
