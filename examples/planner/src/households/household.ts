import type { Tag } from "../recipes/recipe.ts";

/** What a recipe is for a household: fine, too long to cook, or made of what it may not eat. */
export const FIT = { fine: 0, tooLong: 1, forbidden: 2 } as const;

export interface Household {
  /** Such as `household-00042`. */
  readonly id: string;
  readonly index: number;
  readonly people: number;
  readonly forbidden: readonly Tag[];
  readonly excludedIngredients: readonly string[];
  readonly prepMinutesMax: number;
  readonly plansPerWeek: number;
  /** Added to the log-odds of acceptance of every plan, whoever made it: this is what makes plans of one household alike. */
  readonly easygoing: number;
  /** Added to the log-odds of every change of a meal. */
  readonly fussy: number;
  /** By recipe: how much it is truly liked, about a standard normal number. */
  readonly liking: Float32Array;
  /** By recipe: which way a model that knows the household badly errs about it, a standard normal number. */
  readonly misjudged: Float32Array;
  /** By recipe: one of FIT. */
  readonly fit: Uint8Array;
}
