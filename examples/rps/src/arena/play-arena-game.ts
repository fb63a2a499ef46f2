import type { Random } from "@gauntlet/core";

import { playRound, scoreAfter, type Round } from "../rules/game.ts";
import type { Move } from "../rules/moves.ts";
import type { RoundPoints } from "../rules/round-points.ts";
import type { Opponent } from "./opponent.ts";

/** The platform's games as the arena plays them: in this process, or over HTTP. */
export interface GameTable {
  /** @returns the id of a new game. */
  begin(player: string, policy: string): Promise<string>;
  /** Of the round that comes next. */
  points(gameId: string, round: number): Promise<RoundPoints>;
  move(gameId: string, round: number, move: Move): Promise<MoveAnswer>;
}

interface MoveAnswer {
  readonly bot: Move;
  readonly winner: "user" | "bot" | "tie" | null;
}

export interface ArenaGame {
  readonly gameId: string;
  readonly rounds: number;
  readonly winner: "user" | "bot" | "tie";
}

/** A whole game of somebody at a table; who plays sees what a person sees, and no more. */
export async function playArenaGame(table: GameTable, { opponent, policy, random }: { readonly opponent: Opponent; readonly policy: string; readonly random: Random }): Promise<ArenaGame> {
  const gameId = await table.begin(opponent.name, policy);
  const history: Round[] = [];
  for (;;) {
    const number = history.length + 1;
    const [points, score] = [await table.points(gameId, number), scoreAfter(history)];
    const user = opponent.player({ history, points, score, random });
    const { bot, winner } = await table.move(gameId, number, user);
    history.push(playRound(score, { number, points, user, bot }));
    if (winner !== null) return { gameId, rounds: number, winner };
  }
}
