import type { PlayAnswer, PlayRequest, RoundPointsAnswer, StartGameAnswer, StartGameRequest } from "../http/shapes.ts";
import { MOVES } from "../rules/moves.ts";
import { POINT } from "../rules/round-points.ts";
import type { GameTable } from "./play-arena-game.ts";

/** The platform as a browser knows it. @param url of its HTTP API */
export function httpTable(url: string): GameTable {
  const ask = async <T>(path: string, body: StartGameRequest | PlayRequest | null): Promise<T> => {
    const response = await fetch(`${url}${path}`, body === null ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${(await response.text()).slice(0, 500)}`);
    return (await response.json()) as T;
  };
  return {
    begin: async (player, policy) => (await ask<StartGameAnswer>("/start_game", { player_name: player, policy, session_id: `arena-${player}` })).game_id,
    points: async (gameId) => {
      const { round_points: points } = await ask<RoundPointsAnswer>(`/round_points?game_id=${encodeURIComponent(gameId)}`, null);
      const [rock, paper, scissors] = MOVES.map((move) => Math.round(points[move] * POINT)) as [number, number, number];
      return [rock, paper, scissors];
    },
    move: async (gameId, round, move) => {
      const { bot_move: bot, winner } = await ask<PlayAnswer>("/play", { game_id: gameId, user_move: move, round });
      return { bot, winner };
    },
  };
}
