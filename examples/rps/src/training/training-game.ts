import type { Round } from "../rules/game.ts";

/** A game as training sees it, with all its rounds, oldest first. */
export interface TrainingGame {
  readonly id: string;
  readonly playerName: string;
  /** The bot's, as it was asked for: "brian". */
  readonly policy: string;
  readonly isTest: boolean;
  /** Milliseconds since the Unix epoch; null in games of old, which count as before all others. */
  readonly startedAt: number | null;
  readonly rounds: readonly TrainingRound[];
}

export interface TrainingRound extends Round {
  /** When it was played, in milliseconds since the Unix epoch; null where nobody wrote it down. */
  readonly playedAt: number | null;
}
