import { arrivalsOf, type Arrivals } from "../households/arrivals.ts";
import type { Household } from "../households/household.ts";
import { makeHouseholds } from "../households/make-households.ts";
import { openPlanner, type Planner } from "../planner/compose-plan.ts";
import { makeRecipes } from "../recipes/make-recipes.ts";
import { readIngredients } from "../recipes/read-ingredients.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { recordCases, type ReplayCase } from "../replays/cases.ts";
import type { Truth } from "../truth/truth.ts";

/** Everything that is there before the first plan: a book, households, and what they cooked in earlier weeks. */
export interface MadeWorld {
  readonly truth: Truth;
  readonly recipes: readonly Recipe[];
  readonly households: readonly Household[];
  readonly planner: Planner;
  readonly arrivals: Arrivals;
  readonly cases: readonly ReplayCase[];
}

/** The same for the same truth, on every machine. */
export function makeWorld(truth: Truth): MadeWorld {
  const ingredients = readIngredients();
  const recipes = makeRecipes(ingredients, { seed: truth.seed, ...truth.recipes });
  const households = makeHouseholds({ recipes, ingredients }, truth.households, truth.seed);
  const planner = openPlanner(recipes);
  const cases = recordCases({ recipes, households, planner, meals: truth.planner.meals, seed: truth.seed });
  return { truth, recipes, households, planner, arrivals: arrivalsOf(households, truth.seed), cases };
}
