import { bob } from "../players/bob.ts";
import { cal } from "../players/cal.ts";
import { dan } from "../players/dan.ts";
import type { Player } from "../players/player.ts";

export type ModelType = "feedforward_nn" | "xgboost" | "multinomial_logistic";

export interface BotPolicy {
  readonly name: string;
  readonly model: ModelType;
  /** Who plays when the model can't be asked. */
  readonly fallback: Player;
}

export const BOT_POLICIES: readonly BotPolicy[] = [
  { name: "brian", model: "feedforward_nn", fallback: bob },
  { name: "forrest", model: "xgboost", fallback: cal },
  { name: "logan", model: "multinomial_logistic", fallback: dan },
];

/** By its name, also with the ending that an easier game once had; null for an unknown one, which is never another. */
export function botPolicyOf(name: string): BotPolicy | null {
  const plain = name.replace(/_easy$/, "");
  return BOT_POLICIES.find((policy) => policy.name === plain) ?? null;
}
