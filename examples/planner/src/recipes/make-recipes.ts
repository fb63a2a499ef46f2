import { randomStream, type Random } from "@gauntlet/core";

import { normal, pick } from "../chance/draw.ts";
import type { Ingredient, Recipe } from "./recipe.ts";

/** Dimensions of taste: how hot, rich, sour, sweet, savoury, fresh. */
export const TASTES = 6;
const CUISINES = ["Italian", "Indian", "Thai", "Mexican", "Moroccan", "Japanese", "Greek", "French", "Chinese", "Lebanese"];
const FORMS = ["stew", "bake", "curry", "salad", "stir-fry", "soup", "bowl", "roast", "skillet", "wraps"];
/** Cuisines taste alike: a recipe lies around its cuisine's place. */
const WITHIN_CUISINE = 0.8;

/** A cookbook: `count` recipes, the last `seasonal` of them new. The same for the same seed. */
export function makeRecipes(ingredients: readonly Ingredient[], { seed, count, seasonal }: { readonly seed: number; readonly count: number; readonly seasonal: number }): readonly Recipe[] {
  const random = randomStream(seed, 1);
  const cuisines = CUISINES.map((name) => ({ name, flavour: Array.from({ length: TASTES }, () => normal(random)) }));
  const names = new Set<string>();
  const recipes: Recipe[] = [];
  while (recipes.length < count) {
    const recipe = makeRecipe({ random, ingredients, cuisine: pick(random, cuisines), id: recipes.length, seasonal: recipes.length >= count - seasonal });
    if (names.has(recipe.name)) continue;
    names.add(recipe.name);
    recipes.push(recipe);
  }
  return recipes;
}

interface Start {
  readonly random: Random;
  readonly ingredients: readonly Ingredient[];
  readonly cuisine: { readonly name: string; readonly flavour: readonly number[] };
  readonly id: number;
  readonly seasonal: boolean;
}

function makeRecipe({ random, ingredients, cuisine, id, seasonal }: Start): Recipe {
  const of = (kind: Ingredient["kind"]) => pick(random, ingredients.filter((one) => one.kind === kind));
  const protein = of("protein");
  const vegetable = of("vegetable");
  const used = [...new Set([protein, of("base"), vegetable, of("vegetable"), of("flavour"), of("flavour")])];
  return {
    id,
    name: `${cuisine.name} ${protein.name} and ${vegetable.name} ${pick(random, FORMS)}`,
    cuisine: cuisine.name,
    protein: protein.name,
    ingredients: used,
    tags: new Set(used.flatMap((one) => one.tags)),
    prepMinutes: Math.round(Math.min(90, Math.max(10, 32 * Math.exp(0.4 * normal(random))))),
    flavour: cuisine.flavour.map((place) => place + WITHIN_CUISINE * normal(random)),
    seasonal,
  };
}
