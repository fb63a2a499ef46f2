import { beaterOf, type Move } from "../rules/moves.ts";
import { byValue } from "../rules/round-points.ts";
import { resultsAmong, type PlayerView } from "./player.ts";

/** Beats the most valuable move, and plays it after three lost rounds. */
export function cal({ history, points }: PlayerView): Move {
  const [best] = byValue(points);
  return resultsAmong(history.slice(-3), "lose") === 3 ? best : beaterOf(best);
}
