import { LEGACY_PLAYERS } from "../players/legacy-players.ts";

/** A name that nobody gave: three characters of the session. */
export function playerNameOf(given: string | null, sessionId: string): string {
  const name = (given ?? "").trim();
  if (name !== "" && name.toLowerCase() !== "player") return name;
  return `Player-${sessionId.replaceAll(/[^a-z0-9]/gi, "").slice(0, 3).toUpperCase()}`;
}

/** Players of habits, and names such as sim1, sim[42] or SIM-7: they don't compete with people. */
export function isMadeUp(name: string): boolean {
  return Object.hasOwn(LEGACY_PLAYERS, name.toLowerCase()) || /^sim.*\d/i.test(name);
}
