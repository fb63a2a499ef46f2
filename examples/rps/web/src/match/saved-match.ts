import { MOVES } from "../../../src/rules/moves.ts";
import { isOpponent } from "../opponents/opponents.ts";
import type { Match } from "./match.ts";

/** Of this tab: a reload goes on with the match, and the debug page looks at it. */
const KEY = "rps.match";
const NAME = "rps.name";

export function savedMatch(): Match | null {
  try {
    const match = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Match | null;
    return match !== null && isOpponent(match.opponent) && match.sent !== undefined && match.rounds.every(({ user, model }) => MOVES.includes(user) && (model === null || typeof model.model_alias === "string")) ? match : null;
  } catch {
    return null;
  }
}

export function saveMatch(match: Match | null): void {
  if (match === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, JSON.stringify(match));
}

export function savedName(): string {
  return localStorage.getItem(NAME) ?? "";
}

export function saveName(name: string): void {
  localStorage.setItem(NAME, name);
}
