import type { Random } from "@gauntlet/core";

import { playRound, scoreAfter, winnerOf, type Round } from "../rules/game.ts";
import type { Move } from "../rules/moves.ts";
import { OPENING_ROUNDS, openingAt, openingMoves } from "../rules/openings.ts";
import { roundPoints } from "../rules/round-points.ts";
import type { Player, PlayerView } from "../players/player.ts";

/** How the bot moves after its opening. */
export type Bot = (view: Omit<PlayerView, "random"> & { readonly round: number }) => Move;

export interface PlayedGame {
  readonly id: string;
  readonly opening: string;
  readonly rounds: readonly Round[];
  readonly winner: "user" | "bot" | "tie";
}

/** Far more rounds than any game can take: each brings somebody half a point at least, so 39 are enough. */
const ROUNDS_MAX = 64;

/** A whole game between a player and a bot. @throws RangeError when it doesn't end. */
export function playGame(id: string, { user, bot, random }: { readonly user: Player; readonly bot: Bot; readonly random: Random }): PlayedGame {
  const opening = openingAt(Math.floor(random() * 100));
  const first = openingMoves(opening, id);
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS_MAX) {
    const number = rounds.length + 1;
    const view = { history: rounds, points: roundPoints(id, number), score: scoreAfter(rounds) };
    const userMove = user({ ...view, random });
    const botMove = number <= OPENING_ROUNDS ? first[number - 1]! : bot({ ...view, round: number });
    rounds.push(playRound(view.score, { number, points: view.points, user: userMove, bot: botMove }));
    const winner = winnerOf(scoreAfter(rounds));
    if (winner !== null) return { id, opening: opening.name, rounds, winner };
  }
  throw new RangeError(`game ${id} has not ended after ${ROUNDS_MAX} rounds`);
}
