import type { Round } from "../rules/game.ts";
import type { Move } from "../rules/moves.ts";
import type { SlotGuess } from "../service/slot-guesses.ts";
import type { TrainingGame } from "../training/training-game.ts";

export interface StoredGame {
  readonly id: string;
  readonly sessionId: string;
  readonly playerName: string;
  /** As it was asked for: "brian". */
  readonly policy: string;
  readonly alias: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly opening: string;
  readonly openingMoves: readonly Move[];
  readonly isTest: boolean;
  readonly winner: "user" | "bot" | "tie" | null;
}

export interface RoundContext {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Of the game; null while it goes on. */
  readonly winner: StoredGame["winner"];
  /** Of the model that moved; null where none did. */
  readonly version: string | null;
  /** Every round before this one, oldest first. */
  readonly history: readonly Round[];
  /** What the slots took for the user's move. */
  readonly guesses: readonly SlotGuess[];
}

/** Which games' rounds training may have; test games never. */
export interface TrainingFilters {
  /** SQL's LIKE over the player's name, upper and lower case alike; null: any. */
  readonly playerNameLike: string | null;
  /** Of the bot; null: any. */
  readonly policies: readonly string[] | null;
  /** The newest games that together have at least so many rounds after the opening; null: all. */
  readonly roundsMax: number | null;
}

/** Games and their rounds. Every change is one transaction; what it acknowledged is still there after a crash of the process. */
export interface GameStore {
  addGame(game: Omit<StoredGame, "winner">): Promise<void>;
  game(id: string): Promise<StoredGame | null>;
  /** Oldest first. */
  rounds(gameId: string): Promise<readonly Round[]>;
  /** With its last round a game comes into the outbox. @returns false when the round was played already, or the game is over: nothing is changed then. */
  addRound(gameId: string, round: Round, context: RoundContext): Promise<boolean>;
  /**
   * Games with a round at least, in order of their beginnings, each with all its rounds, the opening's too: a row's history
   * is then the whole game's. @param since begun at this instant or later, milliseconds since the Unix epoch; null: all.
   */
  trainingRounds(since: number | null, filters: TrainingFilters): Promise<readonly TrainingGame[]>;
}
