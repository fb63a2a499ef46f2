import type { Random } from "@gauntlet/core";

import { FIT, type Household } from "../households/household.ts";
import type { Truth } from "../truth/truth.ts";
import type { Meals } from "./compose-plan.ts";

export interface Validated {
  /** What is delivered. */
  readonly meals: Meals;
  /** Meals that the validator replaced. */
  readonly replaced: readonly { readonly from: number; readonly to: number; readonly because: "too_long" | "forbidden" }[];
  /** Meals that break a constraint and that it did not see: they reach the household. */
  readonly violations: Meals;
}

/** The service's own check before delivery. A meal that it refuses is replaced by one that is in order. */
export function validatePlan(meals: Meals, household: Household, { validator, random }: { readonly validator: Truth["validator"]; readonly random: Random }): Validated {
  const replaced: Validated["replaced"][number][] = [];
  const violations: number[] = [];
  const taken = new Set(meals);
  const delivered = meals.map((id) => {
    const fit = household.fit[id] as number;
    if (fit === FIT.fine) return id;
    const caught = random() < (fit === FIT.tooLong ? validator.catchesTooLong : validator.catchesForbidden);
    if (!caught) {
      if (fit === FIT.forbidden) violations.push(id);
      return id;
    }
    const to = substitute(household, taken);
    taken.add(to);
    replaced.push({ from: id, to, because: fit === FIT.tooLong ? "too_long" : "forbidden" });
    return to;
  });
  return { meals: delivered, replaced, violations };
}

/** A safe dish, not a liked one: the validator knows constraints, not tastes. */
function substitute(household: Household, taken: ReadonlySet<number>): number {
  for (let step = 0; step < household.fit.length; step++) {
    const id = (household.index + step) % household.fit.length;
    if (household.fit[id] === FIT.fine && !taken.has(id)) return id;
  }
  throw new Error(`there is nothing that ${household.id} may eat`);
}
