import type { Problem } from "../../failure/failure.ts";
import { describe, isRecord, readId, readInstant, readInteger, readUnknownKeys } from "../../outcome/read-field.ts";
import { PLAYERS_MAX, type MatchContext } from "./match-context.ts";
import { densePlaces, type Match } from "./match.ts";
import { plainMatch } from "./plain-match.ts";

const KEYS = ["id", "players", "places", "winner", "board", "numPlayers", "length", "durationMs", "at", "origin", "tournament"] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * A match as it comes from outside (a line of NDJSON, parsed), or every problem with it, with pointers from its root.
 * The result is `places`, one for each player, less is better and equal is a tie; or `winner`, a player's id, or null
 * for a draw of all. `numPlayers` is the number of players when it is left out; `length`, `durationMs` and `tournament`
 * may be left out. `at` is milliseconds since the Unix epoch or ISO-8601 with a zone.
 */
export function parseMatch(value: unknown, context: MatchContext): Match | readonly Problem[] {
  return plainMatch(value, context) ?? judgeMatch(value, context);
}

/** The same, field by field. */
export function judgeMatch(value: unknown, context: MatchContext): Match | readonly Problem[] {
  if (!isRecord(value)) return [{ pointer: "", detail: `a match is a JSON object, not ${describe(value)}` }];
  const problems: Problem[] = [];
  readUnknownKeys(value, KEYS, problems);
  const id = readId(value, "id", problems);
  const players = readPlayers(value["players"], problems);
  const match: Match = {
    id,
    players,
    places: readPlaces(value, players, problems),
    board: readId(value, "board", problems),
    numPlayers: value["numPlayers"] === undefined ? players.length : readInteger({ record: value, key: "numPlayers", min: Math.max(2, players.length) }, problems),
    length: value["length"] === undefined || value["length"] === null ? null : readInteger({ record: value, key: "length", min: 0 }, problems),
    durationMs: value["durationMs"] === undefined || value["durationMs"] === null ? null : readInteger({ record: value, key: "durationMs", min: 0 }, problems),
    at: readInstant({ record: value, key: "at", now: context.now }, problems),
    origin: value["origin"] === undefined && context.origin !== undefined ? context.origin : readId(value, "origin", problems),
    tournament: value["tournament"] === undefined || value["tournament"] === null ? null : readId(value, "tournament", problems),
  };
  return problems.length === 0 ? match : problems;
}

function readPlayers(value: unknown, problems: Problem[]): readonly string[] {
  if (!Array.isArray(value) || value.length < 2 || value.length > PLAYERS_MAX) {
    problems.push({ pointer: "/players", detail: Array.isArray(value) ? `must name 2–${PLAYERS_MAX} players, not ${value.length}` : `must be a list of players in seat order, not ${describe(value)}` });
    return [];
  }
  const before = problems.length;
  for (let seat = 0; seat < value.length; seat++) {
    const found: Problem[] = [];
    const player = readId({ player: value[seat] as unknown }, "player", found);
    for (const { detail } of found) problems.push({ pointer: `/players/${seat}`, detail });
    const earlier = value.indexOf(player);
    if (found.length === 0 && earlier < seat) problems.push({ pointer: `/players/${seat}`, detail: `"${player}" plays already, on seat ${earlier}: a participant can't be rated against itself` });
  }
  return problems.length === before ? (value as string[]) : [];
}

/** `players` is empty after a problem with it; places are then only looked at for themselves. */
function readPlaces(record: Fields, players: readonly string[], problems: Problem[]): readonly number[] {
  const { places, winner } = record;
  if (places === undefined && winner === undefined) {
    problems.push({ pointer: "/places", detail: "is missing: a place for each player, or a winner (null for a draw)" });
    return [];
  }
  if (places !== undefined && winner !== undefined) {
    problems.push({ pointer: "/winner", detail: "stands beside places, which say who won: leave one of them out" });
    return [];
  }
  if (places === undefined) return readWinner(winner, players, problems);
  if (!Array.isArray(places)) {
    problems.push({ pointer: "/places", detail: `must be a list with a place for each player, not ${describe(places)}` });
    return [];
  }
  if (players.length > 0 && places.length !== players.length) {
    problems.push({ pointer: "/places", detail: `must have a place for each of the ${players.length} players, not ${places.length}` });
    return [];
  }
  const wrong = places.findIndex((place) => !Number.isSafeInteger(place) || place < 1);
  if (wrong >= 0) {
    problems.push({ pointer: `/places/${wrong}`, detail: `must be a whole number from 1 up, not ${describe(places[wrong])}` });
    return [];
  }
  return densePlaces(places as readonly number[]);
}

function readWinner(winner: unknown, players: readonly string[], problems: Problem[]): readonly number[] {
  if (winner === null) return players.map(() => 1);
  if (players.length > 0 && (typeof winner !== "string" || !players.includes(winner))) {
    problems.push({ pointer: "/winner", detail: `must be one of the players, or null for a draw, not ${describe(winner)}` });
  }
  return players.map((player) => (player === winner ? 1 : 2));
}
