import type { CountedGame } from "../metrics/rps-metrics.ts";
import type { BotPolicy } from "../policies/bot-policy.ts";
import type { Round } from "../rules/game.ts";
import type { AbsenceReason } from "../serving/manager/model-manager.ts";
import type { ServedModel, Slot } from "../serving/slots.ts";
import type { StoredGame } from "../store/game-store.ts";
import type { BotChoice } from "./choose-move.ts";
import type { SlotGuess } from "./slot-guesses.ts";

export interface PlayedRound {
  readonly game: StoredGame;
  readonly policy: BotPolicy;
  /** Before this round, oldest first. */
  readonly history: readonly Round[];
  readonly round: Round;
  /** Null in the opening. */
  readonly choice: BotChoice | null;
  /** That moved, or would have if it hadn't failed. */
  readonly model: ServedModel | null;
  /** Why there was no model to ask; null where there was, and in the opening. */
  readonly absence: AbsenceReason | null;
  /** What the model of each slot took for the user's likeliest move, of the same columns; empty in the opening. */
  readonly guesses: readonly SlotGuess[];
  readonly winner: StoredGame["winner"];
}

export function countedGame({ game, policy }: Pick<PlayedRound, "game" | "policy">): CountedGame {
  return { policy: policy.name, modelType: policy.model, alias: game.alias as Slot, isTest: game.isTest };
}
