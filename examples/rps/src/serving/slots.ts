import type { ModelType } from "../policies/bot-policy.ts";

/** Who plays with whom: the first two take part in games, the others only guess beside them. */
export const SLOTS = ["Production", "B", "shadow1", "shadow2"] as const;
export type Slot = (typeof SLOTS)[number];

/** The slots whose models move; the others are only asked what they would have guessed. */
export type PlayingSlot = Extract<Slot, "Production" | "B">;

/** What each family is called in the registry. */
export const MODEL_NAMES: Readonly<Record<ModelType, string>> = {
  feedforward_nn: "rps_bot_feedforward",
  xgboost: "rps_bot_xgboost",
  multinomial_logistic: "rps_bot_mnlogit",
};

/** A version of a model that is ready to be asked. */
export interface ServedModel {
  readonly version: string;
  readonly runId: string;
  /** Chances of the user's next move, in canonical order. */
  readonly predict: (features: Float32Array) => ArrayLike<number>;
}
