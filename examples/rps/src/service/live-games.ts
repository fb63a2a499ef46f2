import type { Round } from "../rules/game.ts";
import type { StoredGame } from "../store/game-store.ts";

/** A game that goes on, and its rounds so far, oldest first. */
export interface LiveGame {
  readonly game: StoredGame;
  readonly rounds: readonly Round[];
}

/**
 * Games as this process knew them last, so that a move need not read them again. They may be behind the store, where
 * another process plays the same game: the store refuses a round that was played, and then the game is read.
 */
export interface LiveGames {
  get(id: string): LiveGame | null;
  put(live: LiveGame): void;
  forget(id: string): void;
}

/** @param max so many are known; then the one is forgotten that nobody moved in for longest. */
export function liveGames(max: number): LiveGames {
  const known = new Map<string, LiveGame>();
  return {
    get: (id) => known.get(id) ?? null,
    put: (live) => {
      known.delete(live.game.id);
      known.set(live.game.id, live);
      if (known.size > max) known.delete(known.keys().next().value!);
    },
    forget: (id) => void known.delete(id),
  };
}
