import { isoTime } from "@gauntlet/core";

import { MODEL_NAMES } from "../serving/slots.ts";
import { PROMOTION_DECISIONS, type PromotionDecision } from "./promotion-event.ts";

/** How many events of a family ended with a decision, and in how many of them challengers changed places. */
export interface DecisionCount {
  readonly modelType: string;
  readonly decision: PromotionDecision;
  readonly events: number;
  readonly reorders: number;
}

/** From the first instant on, and before the second. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

/** A flat row for each family of today, those of old by name, and all of them together, which is the last. */
export function eventTotals(counts: readonly DecisionCount[], period: Period) {
  const known = FAMILIES.map((family) => family as string);
  const strangers = [...new Set(counts.map(({ modelType }) => modelType))].filter((model) => !known.includes(model)).toSorted();
  return [...[...known, ...strangers].map((model) => totalsOf(model, counts.filter(({ modelType }) => modelType === model), period)), totalsOf("ALL", counts, period)];
}

/** In the order in which tables have always shown them. */
const FAMILIES = ["xgboost", "feedforward_nn", "multinomial_logistic"] as const satisfies readonly (keyof typeof MODEL_NAMES)[];

function totalsOf(model: string, counts: readonly DecisionCount[], { from, until }: Period) {
  const of = (decision: PromotionDecision): number => counts.reduce((sum, count) => (count.decision === decision ? sum + count.events : sum), 0);
  return {
    model,
    period_start: isoTime(from),
    period_end: isoTime(until),
    ...(Object.fromEntries(PROMOTION_DECISIONS.map((decision) => [decision, of(decision)])) as Record<PromotionDecision, number>),
    total_events: counts.reduce((sum, { events }) => sum + events, 0),
    reorders_applied: counts.reduce((sum, { reorders }) => sum + reorders, 0),
  };
}
