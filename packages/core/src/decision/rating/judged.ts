import { configKey } from "../../rating/match/match.ts";
import type { RatingPolicy } from "../../policy/rating-policy.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { Observation } from "../observation.ts";
import type { RatingView } from "../rating-view.ts";

/** What the checks of a policy on matches look at. */
export interface Judged {
  readonly policy: RatingPolicy;
  readonly rollout: Rollout;
  readonly view: RatingView;
  readonly registry: Observation["registry"];
  /** Of the whole rollout. */
  readonly alpha: number;
}

export function configOf({ board, players }: RatingView): string {
  return configKey({ board, numPlayers: players });
}

/** +12.3, −4: points of Elo inside sentences. */
export function points(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return `${rounded > 0 ? "+" : ""}${rounded === 0 ? 0 : rounded} Elo`;
}

/** The same of a rating, which has no sign. */
export function rating(value: number): string {
  return `${Math.round(value * 10) / 10} Elo`;
}
