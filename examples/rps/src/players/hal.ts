import { commonestMove, type Move } from "../rules/moves.ts";
import { byValue } from "../rules/round-points.ts";
import { botMoves, resultsAmong, type PlayerView } from "./player.ts";

/** The middle way; after three lost rounds it does as the bot does. */
export function hal({ history, points }: PlayerView): Move {
  const recent = history.slice(-3);
  return resultsAmong(recent, "lose") === 3 ? commonestMove(botMoves(recent))! : byValue(points)[1];
}
