import { canonicalJson } from "../../digest/canonical-json.ts";
import { sha256 } from "../../digest/sha256.ts";
import type { Match } from "./match.ts";

/** SHA-256 of a match's canonical JSON: equal records, equal hashes, on every node. Any difference between two records shows. */
export function matchHash(match: Match, hash: Sha256 = sha256): string {
  return hash(matchText(match));
}

/** SHA-256 of the UTF-8 of a text, as 64 lower-case hex digits. The core's own is slower than a platform's by ten times. */
export type Sha256 = (text: string) => string;

/** `canonicalJson` of a match, written out: its keys are known, and imports are mostly this. */
export function matchText({ id, players, places, board, numPlayers, length, durationMs, at, origin, tournament }: Match): string {
  let seats = "";
  for (const player of players) seats += seats === "" ? canonicalJson(player) : `,${canonicalJson(player)}`;
  return `{"at":${at},"board":${canonicalJson(board)},"durationMs":${durationMs},"id":${canonicalJson(id)},"length":${length},"numPlayers":${numPlayers},"origin":${canonicalJson(origin)},"places":[${places.join()}],"players":[${seats}],"tournament":${canonicalJson(tournament)}}`;
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
