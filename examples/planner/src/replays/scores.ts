import { FIT, type Household } from "../households/household.ts";
import type { Meals } from "../planner/compose-plan.ts";
import type { Recipe } from "../recipes/recipe.ts";

/** The five scores of the offline replay, each from 0 to 1, and higher better. */
export type ReplayScores = Readonly<Record<"plan_alignment" | "constraint_respect" | "edit_distance" | "diversity" | "leftovers", number>>;

export interface Predicted {
  readonly household: Household;
  readonly meals: Meals;
  readonly target: Meals;
}

/** Of one recorded week. */
export function scoresOf({ household, meals, target }: Predicted, recipes: readonly Recipe[]): ReplayScores {
  const planned = meals.map((id) => recipes[id] as Recipe);
  return {
    plan_alignment: jaccard(meals, target),
    constraint_respect: Number(meals.every((id) => household.fit[id] === FIT.fine)),
    edit_distance: editSimilarity(meals, target),
    diversity: diversity(planned),
    leftovers: leftovers(planned),
  };
}

/** Of all of them. */
export function meanScores(cases: readonly ReplayScores[]): ReplayScores {
  const mean = (score: keyof ReplayScores) => cases.reduce((sum, one) => sum + one[score], 0) / cases.length;
  return { plan_alignment: mean("plan_alignment"), constraint_respect: mean("constraint_respect"), edit_distance: mean("edit_distance"), diversity: mean("diversity"), leftovers: mean("leftovers") };
}

/** Meals in both over meals in either; 0 when there are none at all. */
export function jaccard(a: Meals, b: Meals): number {
  const both = a.filter((id) => b.includes(id)).length;
  const either = a.length + b.length - both;
  return either === 0 ? 0 : both / either;
}

/** 1 − edits/meals, where an edit replaces, adds or removes a meal, in any order; nothing against something is 0. */
export function editSimilarity(meals: Meals, target: Meals): number {
  const most = Math.max(meals.length, target.length);
  return most === 0 ? 1 : meals.filter((id) => target.includes(id)).length / most;
}

/** How different two meals of a plan are from each other on average: 1 − Jaccard of their ingredients. */
export function diversity(meals: readonly Recipe[]): number {
  let sum = 0;
  let pairs = 0;
  for (const [i, one] of meals.entries()) {
    for (const other of meals.slice(i + 1)) {
      const shared = one.ingredients.filter((ingredient) => other.ingredients.includes(ingredient)).length;
      sum += 1 - shared / (one.ingredients.length + other.ingredients.length - shared);
      pairs++;
    }
  }
  return pairs === 0 ? 0 : sum / pairs;
}

/** Of the perishable ingredients that are bought, the share that more than one meal uses. */
export function leftovers(meals: readonly Recipe[]): number {
  const uses = new Map<string, number>();
  for (const { ingredients } of meals) for (const { name, perishable } of ingredients) if (perishable) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses.size === 0 ? 1 : [...uses.values()].filter((count) => count > 1).length / uses.size;
}
