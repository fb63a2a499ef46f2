import { randomStream, type Random } from "@gauntlet/core";

import { normal, pick } from "../chance/draw.ts";
import { TASTES } from "../recipes/make-recipes.ts";
import type { Ingredient, Recipe, Tag } from "../recipes/recipe.ts";
import { FIT, type Household } from "./household.ts";

export interface HouseholdTruth {
  readonly count: number;
  readonly plansPerWeek: number;
  /** Standard deviations, in log-odds, of the household effects on acceptance and on changes. */
  readonly easygoingSd: number;
  readonly fussySd: number;
}

interface Book {
  readonly recipes: readonly Recipe[];
  readonly ingredients: readonly Ingredient[];
}

/** How much of a household's liking its six tastes explain; the rest is its own for each recipe. */
const EXPLAINED = 0.8;
/** So that there are five more when ten were served lately and some are seasonal. */
const RECIPES_MIN = 30;

/** The same households for the same seed; each is drawn by itself, so more of them leave the first as they were. */
export function makeHouseholds(book: Book, truth: HouseholdTruth, seed: number): readonly Household[] {
  return Array.from({ length: truth.count }, (_, index) => makeHousehold(book, truth, { random: randomStream(seed, 1000 + index), index }));
}

function makeHousehold(book: Book, truth: HouseholdTruth, { random, index }: { readonly random: Random; readonly index: number }): Household {
  const rules = rulesOf(book, random);
  // Log-normal with the mean that was asked for: a few households plan nearly every day.
  const plansPerWeek = truth.plansPerWeek * Math.exp(0.5 * normal(random) - 0.125);
  const taste = Array.from({ length: TASTES }, () => normal(random));
  const length = Math.hypot(...taste) * Math.sqrt(1.64);
  const own = Math.sqrt(1 - EXPLAINED ** 2);
  return {
    id: `household-${String(index).padStart(5, "0")}`,
    index,
    people: 1 + Math.floor(random() * 5),
    forbidden: rules.forbidden,
    excludedIngredients: rules.excluded,
    prepMinutesMax: rules.prepMinutesMax,
    plansPerWeek,
    easygoing: truth.easygoingSd * normal(random),
    fussy: truth.fussySd * normal(random),
    liking: Float32Array.from(book.recipes, ({ flavour }) => (EXPLAINED * flavour.reduce((sum, place, i) => sum + place * (taste[i] as number), 0)) / length + own * normal(random)),
    misjudged: Float32Array.from(book.recipes, () => normal(random)),
    fit: rules.fit,
  };
}

interface Rules {
  readonly forbidden: readonly Tag[];
  readonly excluded: readonly string[];
  readonly prepMinutesMax: number;
  readonly fit: Uint8Array;
}

/** Who may eat next to nothing of the book is no customer: those rules are drawn again. */
function rulesOf({ recipes, ingredients }: Book, random: Random): Rules {
  for (;;) {
    const forbidden = forbiddenTags(random);
    const excluded = Array.from({ length: Math.floor(random() * 4) }, () => pick(random, ingredients).name);
    const prepMinutesMax = pick(random, [35, 45, 60, 60, 90]);
    const fit = Uint8Array.from(recipes, (recipe) => fitOf(recipe, { forbidden, excluded, prepMinutesMax }));
    if (fit.reduce((count, one) => count + Number(one === FIT.fine), 0) >= RECIPES_MIN) return { forbidden, excluded, prepMinutesMax, fit };
  }
}

/** Seven of ten eat everything; allergies come beside diets. */
function forbiddenTags(random: Random): readonly Tag[] {
  const diet = random();
  const tags: Tag[] = diet < 0.12 ? ["meat", "pork", "fish", "shellfish"] : diet < 0.16 ? ["meat", "pork", "fish", "shellfish", "dairy", "egg"] : diet < 0.22 ? ["meat", "pork"] : diet < 0.3 ? ["pork", "alcohol"] : [];
  const allergy = random();
  if (allergy < 0.03) tags.push("nuts");
  else if (allergy < 0.05) tags.push("gluten");
  else if (allergy < 0.06) tags.push("shellfish");
  return tags;
}

function fitOf(recipe: Recipe, rules: Omit<Rules, "fit">): number {
  if (rules.forbidden.some((tag) => recipe.tags.has(tag))) return FIT.forbidden;
  if (recipe.ingredients.some((one) => rules.excluded.includes(one.name))) return FIT.forbidden;
  return recipe.prepMinutes > rules.prepMinutesMax ? FIT.tooLong : FIT.fine;
}
