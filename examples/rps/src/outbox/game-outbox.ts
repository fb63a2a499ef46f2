import type { Move } from "../rules/moves.ts";
import type { SlotGuess } from "../service/slot-guesses.ts";
import type { PlayingSlot } from "../serving/slots.ts";

/** A game that is over. Test games never come here. */
export interface FinishedGame {
  readonly id: string;
  readonly slot: PlayingSlot;
  /** Of the model that moved; null where none did. */
  readonly version: string | null;
  readonly winner: "user" | "bot" | "tie";
  /** Milliseconds since the Unix epoch. */
  readonly finishedAt: number;
  readonly rounds: readonly GuessedRound[];
}

export type StoredGuess = Pick<SlotGuess, "slot" | "version" | "move">;

interface GuessedRound {
  readonly number: number;
  readonly user: Move;
  /** Empty in the opening, and where there is no model. */
  readonly guesses: readonly StoredGuess[];
}

/** Games of one policy that are told together: the same ones however often the batch is asked for. */
export interface GameBatch {
  /** What Gauntlet knows it by, so that it counts once. */
  readonly id: string;
  /** The allocation epoch that they were played in. */
  readonly epoch: number;
  readonly games: readonly FinishedGame[];
}

/**
 * Games that are over and that Gauntlet was not told of yet. A game comes in with its last round, in one transaction, and goes
 * out when its batch was acknowledged; between the two a crash loses nothing and counts nothing twice.
 */
export interface GameOutbox {
  /** Puts games of a policy that are in no batch into one, at most `limit`, those first that ended first. @returns how many. */
  fill(policy: string, batch: { readonly id: string; readonly epoch: number; readonly limit: number }): Promise<number>;
  /** The batch of a policy that waits longest; null: none does. */
  next(policy: string): Promise<GameBatch | null>;
  /** The batch was acknowledged. */
  sent(batchId: string): Promise<void>;
  /** Games that wait, in a batch or not. */
  waiting(): Promise<number>;
}
