import type { ModelType } from "../policies/bot-policy.ts";
import { asProbabilities, type Probabilities } from "../policies/expected-value.ts";
import { MOVES, type Move } from "../rules/moves.ts";
import { SLOTS, type ServedModel, type Slot } from "../serving/slots.ts";
import type { StoredGame } from "../store/game-store.ts";
import type { BotChoice } from "./choose-move.ts";

/** Which move of the user the model of a slot took for the likeliest, before it was seen. */
export interface SlotGuess {
  readonly slot: Slot;
  readonly version: string;
  readonly move: Move;
  /** The chance that was given to it, a part of 1. */
  readonly confidence: number;
}

interface Asked {
  readonly game: Pick<StoredGame, "alias">;
  readonly type: ModelType;
  readonly model: (type: ModelType, slot: Slot) => ServedModel | null;
}

/** Every slot with a model guesses, of the columns that the bot's move was chosen by. A model that fails has no guess. */
export function guessesOf(choice: BotChoice, { game, type, model }: Asked): readonly SlotGuess[] {
  return SLOTS.flatMap((slot) => {
    const served = model(type, slot);
    if (served === null) return [];
    // The slot that played was asked already.
    const told = slot === game.alias ? choice.told : answerOf(served, choice.features);
    if (told === null) return [];
    const chances = asProbabilities(Array.from(told));
    const move = likeliest(chances);
    return [{ slot, version: served.version, move, confidence: chances[MOVES.indexOf(move)]! }];
  });
}

function answerOf(model: ServedModel, features: Float32Array): ArrayLike<number> | null {
  try {
    return model.predict(features);
  } catch {
    return null;
  }
}

/** Of equal ones the first in canonical order. */
export function likeliest(chances: Probabilities): Move {
  return MOVES[chances.indexOf(Math.max(...chances))]!;
}
