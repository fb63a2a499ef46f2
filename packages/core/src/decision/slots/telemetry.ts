import { normalSurvival } from "../../statistics/normal.ts";
import type { GameCounts } from "../slots-view.ts";

/**
 * The z of the challenger's rate of wins over the champion's with the pooled standard error √(q(1 − q)(1/n₁ + 1/n₂)), and the
 * one-sided p = ½·erfc(z/√2). Asymptotic, and without any correction for being looked at again and again: nothing goes by it.
 * null where the pooled rate is 0 or 1, and before the first game of either.
 */
export function telemetryOf({ champion, challenger }: { readonly champion: GameCounts; readonly challenger: GameCounts }): { readonly z: number; readonly p: number } | null {
  if (champion.games === 0 || challenger.games === 0) return null;
  const games = champion.games + challenger.games;
  const wins = champion.wins + challenger.wins;
  if (wins === 0 || wins === games) return null;
  const pooled = wins / games;
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / challenger.games + 1 / champion.games));
  const z = (challenger.wins / challenger.games - champion.wins / champion.games) / error;
  return { z, p: normalSurvival(z) };
}
