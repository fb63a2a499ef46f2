import type { Match } from "@gauntlet/core";

import { playGame } from "../player/play-game.ts";
import type { PlayerVersion } from "../player/version.ts";
import type { Board } from "../rules/board.ts";
import { placesOf } from "../rules/score.ts";
import type { PlannedGame } from "./planned-game.ts";

/** Where and when a game is played. */
export interface Played {
  readonly board: Board;
  readonly at: number;
  readonly origin: string;
}

/** @throws Error for a participant that is not loaded. */
export function playMatch({ id, tournament, players, opening }: PlannedGame, loaded: ReadonlyMap<string, PlayerVersion>, { board, at, origin }: Played): Match {
  const seated = players.map((player) => {
    const version = loaded.get(player);
    if (version === undefined) throw new Error(`${player} is not loaded on ${origin}, so ${id} can't be played`);
    return version;
  });
  const end = playGame({ board, seated, opening });
  return { id, players, places: placesOf(end), board: board.name, numPlayers: players.length, length: board.cells - opening.length, durationMs: null, at, origin, tournament };
}
