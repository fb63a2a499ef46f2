import { featureRow } from "../features/feature-row.ts";
import type { BotPolicy } from "../policies/bot-policy.ts";
import { asProbabilities, bestMove, moveValues, type Probabilities } from "../policies/expected-value.ts";
import type { PlayerView } from "../players/player.ts";
import type { Move } from "../rules/moves.ts";
import type { ServedModel } from "../serving/slots.ts";

export interface BotChoice {
  readonly move: Move;
  readonly probabilities: Probabilities;
  /** As the model told them; null where none did. */
  readonly told: ArrayLike<number> | null;
  readonly moveValues: readonly [number, number, number];
  /** model: it was asked. fallback: there is none, and all moves are alike. legacy_fallback: it failed, and a player of habits stepped in. */
  readonly source: "model" | "fallback" | "legacy_fallback";
  readonly features: Float32Array;
}

/** The bot's move: the one of the greatest expected value by the model's chances. Whatever fails, the bot moves. */
export function chooseMove(policy: BotPolicy, model: ServedModel | null, view: PlayerView & { readonly round: number }): BotChoice {
  const features = Float32Array.from(featureRow(view));
  const standing = { points: view.points, score: view.score };
  const choice = (told: ArrayLike<number> | null, source: BotChoice["source"]): BotChoice => {
    const probabilities = asProbabilities(Array.from(told ?? []));
    return { move: bestMove(probabilities, standing), probabilities, told, moveValues: moveValues(probabilities, standing), source, features };
  };
  if (model === null) return choice(null, "fallback");
  try {
    return choice(model.predict(features), "model");
  } catch {
    return { ...choice(null, "legacy_fallback"), move: policy.fallback(view) };
  }
}
