import { beaterOf, MOVES, type Move } from "../rules/moves.ts";
import { pointsOf, type RoundPoints } from "../rules/round-points.ts";
import { resultsAmong, type PlayerView } from "./player.ts";

/** Goes round the best, the lowest and the middle move; while it wins, it plays against the tier that the bot likes most. */
export function bob({ history, points }: PlayerView): Move {
  const ranked = rankedByName(points);
  if (resultsAmong(history.slice(-3), "win") < 2) return [ranked[0]!, ranked[2]!, ranked[1]!][history.length % 3]!;
  const tiers = history.map((past) => rankedByName(past.points).indexOf(past.bot));
  const counts = new Map<number, number>();
  for (const tier of tiers) counts.set(tier, (counts.get(tier) ?? 0) + 1);
  // Of equally frequent ones the one seen first: a map keeps that order, and the sort is stable.
  const [commonest] = [...counts].toSorted(([, a], [, b]) => b - a)[0]!;
  return beaterOf(ranked[commonest]!);
}

/** The most valuable first; of equals by name, which here is not the canonical order. */
function rankedByName(points: RoundPoints): readonly Move[] {
  return MOVES.toSorted((a, b) => pointsOf(points, b) - pointsOf(points, a) || (a < b ? -1 : 1));
}
