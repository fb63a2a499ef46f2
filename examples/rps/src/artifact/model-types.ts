import type { ModelType } from "../policies/bot-policy.ts";

/** The three families. */
export const MODEL_TYPES: readonly ModelType[] = ["feedforward_nn", "xgboost", "multinomial_logistic"];
