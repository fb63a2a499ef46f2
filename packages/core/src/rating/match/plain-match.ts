import { FUTURE_MAX_MS, isId, isRecord } from "../../outcome/read-field.ts";
import { densePlaces, type Match } from "./match.ts";
import { PLAYERS_MAX, type MatchContext } from "./match-context.ts";


/**
 * A match in which nothing is wrong, taken without a list of problems: imports are mostly this. Null for anything else,
 * which `judgeMatch` then says all about.
 */
export function plainMatch(value: unknown, context: MatchContext): Match | null {
  if (!isRecord(value)) return null;
  const { id, players, places, winner, board, numPlayers, length, durationMs, at, origin, tournament } = value;
  if (!isText(id) || !isText(board) || !isCount(at) || at > context.now + FUTURE_MAX_MS || !arePlayers(players)) return null;
  const result = resultOf(players, places, winner);
  const { recorder, size } = { recorder: origin === undefined ? context.origin : origin, size: numPlayers === undefined ? players.length : numPlayers };
  if (result === null || !isText(recorder) || !isCount(size) || size < players.length) return null;
  if (!isNothing(tournament, isText) || !isNothing(length, isCount) || !isNothing(durationMs, isCount)) return null;
  if (!areAllKeys(value, 5, [numPlayers, length, durationMs, origin, tournament])) return null;
  return { id, players, places: result, board, numPlayers: size, length: length ?? null, durationMs: durationMs ?? null, at, origin: recorder, tournament: tournament ?? null };
}

/** Whether there is no key but `required` ones and those of the optional values that are there. */
function areAllKeys(value: object, required: number, optional: readonly unknown[]): boolean {
  let count = required;
  for (const one of optional) if (one !== undefined) count++;
  return Object.keys(value).length === count;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && isId(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isSafeInteger(value);
}

function isNothing<T>(value: unknown, orIs: (some: unknown) => some is T): value is T | null | undefined {
  return value === undefined || value === null || orIs(value);
}

function arePlayers(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length < 2 || value.length > PLAYERS_MAX) return false;
  for (let seat = 0; seat < value.length; seat++) if (!isText(value[seat]) || value.indexOf(value[seat]) < seat) return false;
  return true;
}

/** One of the two is there, and only one. */
function resultOf(players: readonly string[], places: unknown, winner: unknown): readonly number[] | null {
  if (places === undefined) {
    if (winner === null) return players.map(() => 1);
    return typeof winner === "string" && players.includes(winner) ? players.map((player) => (player === winner ? 1 : 2)) : null;
  }
  if (winner !== undefined || !Array.isArray(places) || places.length !== players.length) return null;
  for (let seat = 0; seat < places.length; seat++) if (!isCount(places[seat]) || places[seat] === 0) return null;
  return densePlaces(places as readonly number[]);
}
