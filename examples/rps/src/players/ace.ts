import { beaterOf } from "../rules/moves.ts";
import { byValue } from "../rules/round-points.ts";
import { resultsAmong, type PlayerView } from "./player.ts";
import type { Move } from "../rules/moves.ts";

/** The most valuable move, at first and while it wins; otherwise what would have beaten its own last one. */
export function ace({ history, points }: PlayerView): Move {
  const recent = history.slice(-3);
  const last = recent.at(-1);
  const [best] = byValue(points);
  return last === undefined || resultsAmong(recent, "win") >= 2 ? best : beaterOf(last.user);
}
