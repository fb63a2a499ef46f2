import type { GameOutbox } from "../outbox/game-outbox.ts";
import type { GameLists, GameReports } from "./game-reports.ts";
import type { GameStore } from "./game-store.ts";
import type { GuessCounts } from "./guess-counts.ts";

/** An opened database of games. */
export interface GameData {
  readonly store: GameStore;
  readonly reports: GameReports;
  readonly lists: GameLists;
  readonly outbox: GameOutbox;
  readonly guesses: GuessCounts;
  close(): Promise<void>;
}
