import type { ModelType } from "../policies/bot-policy.ts";

export const MODEL_TYPES: readonly ModelType[] = ["feedforward_nn", "xgboost", "multinomial_logistic"];

/** What the registry calls the three families. */
export const MODEL_NAMES: Readonly<Record<ModelType, string>> = { feedforward_nn: "rps_bot_feedforward", xgboost: "rps_bot_xgboost", multinomial_logistic: "rps_bot_mnlogit" };
