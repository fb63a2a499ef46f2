import { randomStream } from "@gauntlet/core";

import type { Household } from "../households/household.ts";
import { FIT } from "../households/household.ts";
import type { Meals, Planner } from "../planner/compose-plan.ts";
import type { Recipe } from "../recipes/recipe.ts";

/** What a household was offered one week, and what it cooked in the end. */
export interface ReplayCase {
  readonly household: Household;
  /** Ids of recipes of the book as it was then: no seasonal ones. */
  readonly offered: readonly number[];
  readonly target: Meals;
}

export interface Recording {
  readonly recipes: readonly Recipe[];
  readonly households: readonly Household[];
  readonly planner: Planner;
  readonly meals: number;
  readonly seed: number;
}

const CASES = 400;
const OFFERED = 40;

/** People choose by their own taste, but for a whim; no planner had a say in what they cooked. */
const OWN_CHOICE = { tasteError: 0, seasonBias: 0, prepMisread: 0, tagMisread: 0 } as const;
const WHIM = 0.15;

/** Recorded weeks, before the seasonal recipes came: the same for the same seed. */
export function recordCases({ recipes, households, planner, meals, seed }: Recording): readonly ReplayCase[] {
  const random = randomStream(seed, 2);
  const book = recipes.filter((recipe) => !recipe.seasonal).map((recipe) => recipe.id);
  const cases: ReplayCase[] = [];
  while (cases.length < CASES) {
    const household = households[Math.floor(random() * households.length)] as Household;
    const offered = book.map((id) => ({ id, key: random() })).toSorted((a, b) => a.key - b.key).slice(0, OFFERED).map(({ id }) => id);
    // A week with fewer dishes that it may eat than meals is no case to judge by.
    if (offered.filter((id) => household.fit[id] === FIT.fine).length < meals) continue;
    cases.push({ household, offered, target: planner({ household, version: OWN_CHOICE, meals, temperature: WHIM, random, lately: new Set(), offered }) });
  }
  return cases;
}
