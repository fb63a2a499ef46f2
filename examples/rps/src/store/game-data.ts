import type { GameLists, GameReports } from "./game-reports.ts";
import type { GameStore } from "./game-store.ts";

/** An opened database of games. */
export interface GameData {
  readonly store: GameStore;
  readonly reports: GameReports;
  readonly lists: GameLists;
  close(): Promise<void>;
}
