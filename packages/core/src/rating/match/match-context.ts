import type { Sha256 } from "./match-hash.ts";

export interface MatchContext {
  /** Milliseconds since the Unix epoch; an instant more than five minutes later is refused. */
  readonly now: number;
  /** The node that the records come from, for those that don't name one. */
  readonly origin?: string;
  /** Of content ids; left out: the core's own. */
  readonly hash?: Sha256;
}

/** More than any game has seats; what is longer is an error of the sender. */
export const PLAYERS_MAX = 64;
