import { randomStream } from "@gauntlet/core";

import type { Planner } from "../planner/compose-plan.ts";
import type { Recipe } from "../recipes/recipe.ts";
import type { VersionTruth } from "../truth/truth.ts";
import type { ReplayCase } from "./cases.ts";
import { scoresOf, type ReplayScores } from "./scores.ts";

/** Seed and temperature of every replay, so that a version's scores are always the same. */
const SEED = 42;
const TEMPERATURE = 0;

interface Book {
  readonly recipes: readonly Recipe[];
  readonly planner: Planner;
}

/** Lets a version plan every recorded week, and compares each plan with what was cooked. */
export function replayVersion(cases: readonly ReplayCase[], version: VersionTruth, { recipes, planner }: Book): readonly ReplayScores[] {
  const random = randomStream(SEED, 0);
  return cases.map(({ household, offered, target }) => {
    const meals = planner({ household, version, meals: target.length, temperature: TEMPERATURE, random, lately: new Set(), offered });
    return scoresOf({ household, meals, target }, recipes);
  });
}
