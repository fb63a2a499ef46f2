import type { Random } from "@gauntlet/core";

import { FIT, type Household } from "../households/household.ts";
import type { Recipe } from "../recipes/recipe.ts";
import type { VersionTruth } from "../truth/truth.ts";

/** Ids of the recipes of a plan, in the order in which they are to be cooked. */
export type Meals = readonly number[];

interface Ask {
  readonly household: Household;
  readonly version: Pick<VersionTruth, "tasteError" | "seasonBias" | "prepMisread" | "tagMisread">;
  /** How many meals. */
  readonly meals: number;
  /** 0 gives the same plan again; more, a more varied one. */
  readonly temperature: number;
  readonly random: Random;
  /** Recipes that were served lately, which are not served again. */
  readonly lately: ReadonlySet<number>;
  /** Left out: the whole book. */
  readonly offered?: readonly number[];
}

/** What a second dish of one cuisine or of one protein costs, and what sharing something perishable is worth, in units of liking. */
const SAME_CUISINE = 0.45;
const SAME_PROTEIN = 0.6;
const SHARED_PERISHABLE = 0.2;

/** Composes plans from one book. */
export type Planner = (ask: Ask) => Meals;

/**
 * Takes one recipe after the other, each time the one that is worth most beside those already taken: as liked as the
 * version believes, other than the rest, and using up what the rest leave over. What the version believes is
 * impossible isn't taken; what it doesn't see, is.
 */
export function openPlanner(recipes: readonly Recipe[]): Planner {
  const traits = traitsOf(recipes);
  const worth = new Float64Array(recipes.length);
  return (ask) => {
    value(worth, recipes, ask);
    const taken: number[] = [];
    while (taken.length < ask.meals) {
      const best = argmax(worth);
      if (best === -1) break;
      taken.push(best);
      worth[best] = -Infinity;
      beside(worth, best, traits);
    }
    return taken;
  };
}

/** What each recipe is worth to this version by itself; -Infinity when it must not be taken. */
function value(worth: Float64Array, recipes: readonly Recipe[], ask: Ask): void {
  const { household, version, temperature, random, lately, offered } = ask;
  if (offered !== undefined) worth.fill(-Infinity);
  const length = offered?.length ?? recipes.length;
  for (let i = 0; i < length; i++) {
    const id = offered?.[i] ?? i;
    const { seasonal } = recipes[id] as Recipe;
    // Drawn for every recipe, also where it decides nothing: two versions then meet the same chance.
    const noise = temperature === 0 ? 0 : -temperature * Math.log(-Math.log(random()));
    const chance = seasonal ? random() : 1;
    const fit = household.fit[id] as number;
    const seen = fit === FIT.fine || (seasonal && chance < (fit === FIT.tooLong ? version.prepMisread : version.tagMisread));
    const liked = (household.liking[id] as number) + version.tasteError * (household.misjudged[id] as number) + (seasonal ? version.seasonBias : 0);
    worth[id] = seen && !lately.has(id) ? liked + noise : -Infinity;
  }
}

interface Traits {
  readonly cuisine: Uint8Array;
  readonly protein: Uint8Array;
  /** Bit sets of perishable ingredients. */
  readonly perishables: Int32Array;
}

function traitsOf(recipes: readonly Recipe[]): Traits {
  const numbers = (names: readonly string[]) => {
    const known = [...new Set(names)];
    return Uint8Array.from(names, (name) => known.indexOf(name));
  };
  const perishables = [...new Set(recipes.flatMap((recipe) => recipe.ingredients.filter((one) => one.perishable).map((one) => one.name)))];
  if (perishables.length > 31) throw new Error(`${perishables.length} perishable ingredients do not fit into a word`);
  return {
    cuisine: numbers(recipes.map((recipe) => recipe.cuisine)),
    protein: numbers(recipes.map((recipe) => recipe.protein)),
    perishables: Int32Array.from(recipes, (recipe) => recipe.ingredients.reduce((bits, one) => (one.perishable ? bits | (1 << perishables.indexOf(one.name)) : bits), 0)),
  };
}

/** What the others are worth once `taken` is in the plan. */
function beside(worth: Float64Array, taken: number, { cuisine, protein, perishables }: Traits): void {
  for (let id = 0; id < worth.length; id++) {
    if (cuisine[id] === cuisine[taken]) worth[id]! -= SAME_CUISINE;
    if (protein[id] === protein[taken]) worth[id]! -= SAME_PROTEIN;
    if (((perishables[id] as number) & (perishables[taken] as number)) !== 0) worth[id]! += SHARED_PERISHABLE;
  }
}

function argmax(values: Float64Array): number {
  let best = -1;
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if ((values[i] as number) > most) {
      most = values[i] as number;
      best = i;
    }
  }
  return best;
}
