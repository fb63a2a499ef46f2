import { digestOf } from "../../digest/digest-of.ts";
import type { Match } from "./match.ts";

/** SHA-256 of a match's canonical JSON: equal records, equal hashes, on every node. Any difference between two records shows. */
export function matchHash(match: Match): string {
  const { id, players, places, board, numPlayers, length, durationMs, at, origin, tournament } = match;
  return digestOf({ id, players, places, board, numPlayers, length, durationMs, at, origin, tournament });
}

/**
 * The order in which matches are replayed where order matters (incremental Elo): by instant, then id, then content, all
 * of them the same on every node.
 */
export function compareMatches(a: Match, b: Match): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  const [left, right] = [matchHash(a), matchHash(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}
