import { OPENING_ROUNDS } from "../../rules/openings.ts";
import { LEGACY_PLAYERS } from "../../players/legacy-players.ts";
import { everyNthFromTheEnd } from "../split-games.ts";
import type { TrainingGame } from "../training-game.ts";

export interface Selection {
  /** Milliseconds since the Unix epoch; games of an unknown time are of no time, and stay. Null: all. */
  readonly since: number | null;
  /** SQL's LIKE over the player's name, upper and lower case alike; null: any. */
  readonly playerNameLike: string | null;
  /** Policies of the bot; null: any. */
  readonly policies: readonly string[] | null;
  /** Of so many games against players of fixed habits one is kept: they play far more than people do. */
  readonly legacyStride: number;
  /** The newest rounds that are kept. */
  readonly roundsMax: number;
}

export const SELECTION: Selection = { since: null, playerNameLike: null, policies: null, legacyStride: 5, roundsMax: 3000 };

export interface Selected {
  /** In the order of time. Every one has all its rounds: those before the first that is learned from are its history. */
  readonly games: readonly { readonly game: TrainingGame; /** Number of the first round that is learned from. */ readonly from: number }[];
  /** Rounds to learn from. */
  readonly rounds: number;
  /** Rounds after the opening before games were thinned out: by them the gate counts. */
  readonly candidates: readonly { readonly playedAt: number | null }[];
}

/** Which rounds a model learns from: no test games, none of the opening, and of the rest the newest. Deterministic, whatever the order of `games`. */
export function selectRounds(games: readonly TrainingGame[], selection: Selection): Selected {
  const wanted = games.filter((game) => isWanted(game, selection)).toSorted(inTime);
  const candidates = wanted.flatMap(({ rounds }) => rounds.slice(OPENING_ROUNDS).map(({ playedAt }) => ({ playedAt })));
  const legacy = new Set(everyNthFromTheEnd(wanted.filter(isLegacy), selection.legacyStride));
  const thinned = wanted.filter((game) => !isLegacy(game) || legacy.has(game));
  let left = selection.roundsMax;
  const newest: Selected["games"][number][] = [];
  for (const game of thinned.toReversed()) {
    const own = game.rounds.length - OPENING_ROUNDS;
    if (left <= 0) break;
    if (own <= 0) continue;
    newest.push({ game, from: OPENING_ROUNDS + 1 + Math.max(0, own - left) });
    left -= own;
  }
  return { games: newest.toReversed(), rounds: selection.roundsMax - Math.max(0, left), candidates };
}

function isWanted({ isTest, startedAt, playerName, policy }: TrainingGame, { since, playerNameLike, policies }: Selection): boolean {
  if (isTest || (since !== null && startedAt !== null && startedAt < since)) return false;
  return (playerNameLike === null || likePattern(playerNameLike).test(playerName)) && (policies === null || policies.includes(policy));
}

/** By their beginnings, those of an unknown time first; then by their names, so that two machines agree. */
function inTime(a: TrainingGame, b: TrainingGame): number {
  return (a.startedAt ?? -Infinity) === (b.startedAt ?? -Infinity) ? (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) : (a.startedAt ?? -Infinity) - (b.startedAt ?? -Infinity);
}

/** Whether the name, or any word of letters in it, is that of a player of fixed habits: "cal", "sim_cal-7". */
export function isLegacy({ playerName }: Pick<TrainingGame, "playerName">): boolean {
  return playerName
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => Object.hasOwn(LEGACY_PLAYERS, word));
}

/** % stands for any text and _ for any one character, as in SQL. */
function likePattern(like: string): RegExp {
  const source = [...like].map((character) => (character === "%" ? ".*" : character === "_" ? "." : character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&"))).join("");
  return new RegExp(`^${source}$`, "isu");
}
