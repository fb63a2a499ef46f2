import { beaterOf, commonestMove, type Move } from "../rules/moves.ts";
import { byValue } from "../rules/round-points.ts";
import { botMoves, type PlayerView } from "./player.ts";

/** Beats what the bot plays most; after a lost round, and at first, plays the most valuable move. */
export function edd({ history, points }: PlayerView): Move {
  const habit = commonestMove(botMoves(history));
  return habit === null || history.at(-1)!.result === "lose" ? byValue(points)[0] : beaterOf(habit);
}
