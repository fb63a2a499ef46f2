import { roundPoints } from "../rules/round-points.ts";
import type { GameService } from "../service/game-service.ts";
import type { GameTable } from "./play-arena-game.ts";

/** The game service itself, as the HTTP API calls it: the same store, models and reports, without the wire. */
export function serviceTable(games: GameService): GameTable {
  return {
    begin: async (playerName, policy) => (await games.start({ playerName, policy, sessionId: `arena-${playerName}`, isTest: false })).game.id,
    points: async (gameId, round) => roundPoints(gameId, round),
    move: async (gameId, round, move) => {
      const played = await games.play({ gameId, round, move });
      return { bot: played.round.bot, winner: played.winner };
    },
  };
}
