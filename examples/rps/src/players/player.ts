import type { PastRound } from "../features/feature-row.ts";
import type { Score } from "../rules/game.ts";
import type { Move } from "../rules/moves.ts";
import type { RoundPoints } from "../rules/round-points.ts";

/** What a player of the user's side sees before it moves. */
export interface PlayerView {
  /** Oldest first. */
  readonly history: readonly PastRound[];
  readonly points: RoundPoints;
  readonly score: Score;
  /** Evenly from 0 up to 1. */
  readonly random: () => number;
}

/** A player of fixed habits, deterministic but for `random`. */
export type Player = (view: PlayerView) => Move;

export function botMoves(history: readonly PastRound[]): readonly Move[] {
  return history.map(({ bot }) => bot);
}

export function resultsAmong(history: readonly PastRound[], result: PastRound["result"]): number {
  return history.filter((past) => past.result === result).length;
}
