import { randomStream } from "@gauntlet/core";

import { react, type Reaction } from "../behaviour/react.ts";
import { logNormal } from "../chance/draw.ts";
import type { Arrival } from "../households/arrivals.ts";
import type { Truth, VersionTruth } from "../truth/truth.ts";
import type { Planner } from "./compose-plan.ts";
import { validatePlan, type Validated } from "./validate-plan.ts";

/** A plan as the service delivered it, what it cost, and what became of it. */
export interface ServedPlan {
  readonly arrival: Arrival;
  readonly plan: Validated;
  readonly latencyMs: number;
  readonly tokens: number;
  readonly costUsd: number;
  readonly reaction: Reaction;
}

export interface PlanningService {
  serve(arrival: Arrival, version: VersionTruth): ServedPlan;
}

/** A household isn't served what it had in its last two plans. */
const MEMORY_PLANS = 2;
/** A busy hour, with twice the mean load, is 10 % slower. */
const SLOWER_BY_LOAD = 0.1;

/**
 * One service, with the memory of what it served. All chance of a plan comes from the arrival, so a plan is the same
 * in every run in which the same version makes it after the same plans.
 */
export function planningService(truth: Truth, planner: Planner): PlanningService {
  const memory = new Map<number, readonly (readonly number[])[]>();
  const { meals, temperature } = truth.planner;
  return {
    serve(arrival, version) {
      const { household } = arrival;
      const random = randomStream(truth.seed, arrival.id);
      const before = memory.get(household.index) ?? [];
      const composed = planner({ household, version, meals, temperature, random, lately: new Set(before.flat()) });
      const plan = validatePlan(composed, household, { validator: truth.validator, random });
      const tokens = Math.round(logNormal(random, version.tokens) * (0.8 + 0.08 * household.people));
      const latencyMs = Math.round(logNormal(random, version.latencyMs) * (1 + SLOWER_BY_LOAD * (arrival.load - 1)));
      memory.set(household.index, [...before.slice(1 - MEMORY_PLANS), plan.meals]);
      return { arrival, plan, latencyMs, tokens, costUsd: Math.round(tokens * version.costPerThousandTokensUsd * 1000) / 1_000_000, reaction: react(household, plan, { behaviour: truth.behaviour, random }) };
    },
  };
}
