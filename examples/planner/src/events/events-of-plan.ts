import type { ServedPlan } from "../planner/serve-plan.ts";
import type { Recipe } from "../recipes/recipe.ts";
import type { WireEvent } from "./event.ts";

/** In which run, and as which variant, a plan was served. */
export interface PlanSource {
  /** Eight hexadecimal digits that no other run of the data directory has. */
  readonly run: string;
  readonly experimentId: string;
  readonly variantId: string;
  readonly policyVersionId: string | null;
  readonly recipes: readonly Recipe[];
}

/**
 * Everything that is said of a plan, in no order of time: that it was made, what the validator replaced, whether it was
 * accepted, and each change. Ids follow from run and plan, so that a repeated delivery counts once.
 */
export function eventsOfPlan({ arrival, plan, latencyMs, tokens, costUsd, reaction }: ServedPlan, source: PlanSource): readonly WireEvent[] {
  const { run, experimentId, variantId, policyVersionId, recipes } = source;
  const planId = idOf(run, arrival.id, 0);
  const context: Readonly<Record<string, string>> = policyVersionId === null ? {} : { policy_version_id: policyVersionId };
  const events: WireEvent[] = [];
  const add = (type: WireEvent["event_type"], afterMs: number, more: { readonly metrics?: WireEvent["metrics"]; readonly payload?: WireEvent["payload"] } = {}): void => {
    events.push({
      event_id: idOf(run, arrival.id, events.length),
      event_type: type,
      unit_type: "household",
      unit_id: arrival.household.id,
      timestamp: arrival.at + afterMs,
      experiments: [{ experiment_id: experimentId, variant_id: variantId }],
      context,
      metrics: more.metrics ?? {},
      payload: { plan_id: planId, ...more.payload },
    });
  };
  const name = (id: number) => (recipes[id] as Recipe).name;
  add("plan_generated", 0, { metrics: { latency_ms: latencyMs, token_count: tokens, cost_usd: costUsd, constraint_violations: Number(plan.violations.length > 0) }, payload: { meals: plan.meals.map(name) } });
  for (const { from, because } of plan.replaced) add("validator_intervention", latencyMs, { payload: { meal: name(from), because } });
  add(reaction.accepted ? "plan_accepted" : "plan_rejected", reaction.afterMs);
  for (const { kind, meal, afterMs } of reaction.changes) add(kind === "edit" ? "edit_applied" : "meal_swapped", afterMs, { metrics: { edit_count: 1 }, payload: { meal: name(meal) } });
  return events;
}

/** A UUID of version 8: run, ordinal of the event, plan. */
function idOf(run: string, plan: number, ordinal: number): string {
  return `${run}-${ordinal.toString(16).padStart(4, "0")}-8000-8000-${plan.toString(16).padStart(12, "0")}`;
}
