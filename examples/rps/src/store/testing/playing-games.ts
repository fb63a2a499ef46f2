import { playRound, scoreAfter, winnerOf, type Round } from "../../rules/game.ts";
import { MOVES } from "../../rules/moves.ts";
import { roundPoints } from "../../rules/round-points.ts";
import type { StoredGame } from "../game-store.ts";

/** When games begin, unless they say otherwise. */
export const START = Date.UTC(2026, 0, 1);

/** A game that is to be stored. */
export function newGame(id: string, some: Partial<Omit<StoredGame, "winner">> = {}): Omit<StoredGame, "winner"> {
  return { id, sessionId: `s-${id}`, playerName: "Ada", policy: "brian", alias: "Production", startedAt: START, opening: "razor", openingMoves: ["rock", "paper", "scissors"], isTest: false, ...some };
}

/** Rounds in which the user always wins, or always loses, till the end; `rounds` of them at most. */
export function roundsOf(game: string, { wins, rounds = 64 }: { readonly wins: boolean; readonly rounds?: number }): readonly Round[] {
  const played: Round[] = [];
  while (played.length < rounds && winnerOf(scoreAfter(played)) === null) {
    const number = played.length + 1;
    const user = MOVES[number % 3]!;
    const other = MOVES[(number + (wins ? 2 : 1)) % 3]!;
    played.push(playRound(scoreAfter(played), { number, points: roundPoints(game, number), user, bot: other }));
  }
  return played;
}
