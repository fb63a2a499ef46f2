import type { RpsMetrics } from "../metrics/rps-metrics.ts";
import { countedGame, type PlayedRound } from "./played-round.ts";

export type GameMetrics = Pick<RpsMetrics, "assigned" | "roundPlayed" | "botMoved" | "guessed" | "gameFinished" | "fallback">;

/** A round as the metrics know it. */
export function countRound(metrics: GameMetrics, played: PlayedRound): void {
  const { choice, round, winner, policy } = played;
  const game = countedGame(played);
  metrics.roundPlayed(game, round.result);
  if (choice !== null) {
    metrics.botMoved(game, { move: round.bot, source: choice.source });
    if (choice.source !== "model") metrics.fallback(policy.model, played.absence ?? choice.source);
    metrics.guessed(game, { user: round.user, guesses: played.guesses.map(({ slot: alias, ...guess }) => ({ alias, ...guess })) });
  }
  if (winner !== null) metrics.gameFinished(game, winner);
}
