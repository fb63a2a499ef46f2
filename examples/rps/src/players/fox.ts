import { beaterOf, countMoves, MOVES, type Move } from "../rules/moves.ts";
import { byValue } from "../rules/round-points.ts";
import { botMoves, type PlayerView } from "./player.ts";

/** Careful while ahead; when behind it waits for the move that the bot has played least. */
export function fox({ history, points, score }: PlayerView): Move {
  const [, middle, lowest] = byValue(points);
  if (score.user > score.bot) return lowest;
  const seen = countMoves(botMoves(history));
  const rarest = MOVES.filter((_, i) => seen[i]! > 0).toSorted((a, b) => seen[MOVES.indexOf(a)]! - seen[MOVES.indexOf(b)]!)[0];
  return score.user < score.bot && rarest !== undefined ? beaterOf(rarest) : middle;
}
