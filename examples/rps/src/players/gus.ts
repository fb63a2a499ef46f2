import { beaterOf, commonestMove, MOVES, type Move } from "../rules/moves.ts";
import { byValue } from "../rules/round-points.ts";
import { botMoves, type PlayerView } from "./player.ts";

const WIDE_SPREAD = 6;

/**
 * Anything after two lost rounds; the most valuable move where it is worth much more than the least; otherwise it looks
 * for a habit of the bot's. In tenths the spread of a round is compared exactly: the reference's 1.6 − 1.0 > 0.6 is true.
 */
export function gus({ history, points, random }: PlayerView): Move {
  const anything = (): Move => MOVES[Math.min(2, Math.floor(random() * 3))]!;
  if (history.length >= 2 && history.slice(-2).every(({ result }) => result === "lose")) return anything();
  if (Math.max(...points) - Math.min(...points) > WIDE_SPREAD) return byValue(points)[0];
  const bots = botMoves(history);
  const last = bots.at(-1);
  const habit = commonestMove(bots);
  if (last === undefined || habit === null) return anything();
  if (bots.at(-2) === last) return beaterOf(last);
  return beaterOf(bots.filter((move) => move === habit).length * 2 >= bots.length ? habit : last);
}
