import type { Random } from "@gauntlet/core";

import { logistic, logNormal } from "../chance/draw.ts";
import type { Household } from "../households/household.ts";
import type { Validated } from "../planner/validate-plan.ts";
import type { Truth } from "../truth/truth.ts";

const MINUTE_MS = 60_000;
/** Half answer within 40 minutes, 95 % within 9 hours, all within a day. */
const ANSWER_MINUTES = { p50: 40, p95: 540 };
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Change {
  readonly kind: "edit" | "swap";
  readonly meal: number;
  /** After the plan, milliseconds. */
  readonly afterMs: number;
}

/** What a household does with a plan. */
export interface Reaction {
  readonly accepted: boolean;
  readonly afterMs: number;
  /** None of a rejected plan. */
  readonly changes: readonly Change[];
}

/**
 * Whether a plan is accepted goes by how much its meals are liked, beside the household's own easygoingness; a meal
 * that somebody must not eat spoils it. Accepted plans are changed, the less liked a meal the likelier.
 */
export function react(household: Household, plan: Validated, { behaviour, random }: { readonly behaviour: Truth["behaviour"]; readonly random: Random }): Reaction {
  const liking = plan.meals.reduce((sum, id) => sum + (household.liking[id] as number), 0) / plan.meals.length;
  const spoilt = 4 * plan.violations.length;
  const accepted = random() < logistic(behaviour.acceptAt + behaviour.acceptPerLiking * liking + household.easygoing - spoilt);
  const afterMs = Math.round(Math.min(DAY_MS - 61 * MINUTE_MS, Math.max(MINUTE_MS, logNormal(random, ANSWER_MINUTES) * MINUTE_MS)));
  const changes: Change[] = [];
  for (const meal of plan.meals) {
    const changed = random() < logistic(behaviour.changeAt - behaviour.changePerLiking * (household.liking[meal] as number) + household.fussy);
    const kind = random() < 0.35 ? "swap" : "edit";
    const waitedMs = Math.round(random() * 60 * MINUTE_MS);
    if (accepted && changed) changes.push({ kind, meal, afterMs: afterMs + waitedMs });
  }
  return { accepted, afterMs, changes };
}
