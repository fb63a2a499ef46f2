import type { Random } from "@gauntlet/core";

import { LEGACY_PLAYERS } from "../players/legacy-players.ts";
import type { Player } from "../players/player.ts";
import { playerOf, type Person } from "./people.ts";

/** Somebody who comes to play. */
export interface Opponent {
  readonly name: string;
  readonly player: Player;
}

/** One game in so many is a legacy player's: people come more often. */
const LEGACY_SHARE = 0.15;

const LEGACY: readonly Opponent[] = Object.entries(LEGACY_PLAYERS).map(([name, player]) => ({ name, player }));

/** Who comes next, by chance. */
export function nextOpponent(people: readonly Person[], random: Random): Opponent {
  if (people.length === 0 || random() < LEGACY_SHARE) return LEGACY[Math.floor(random() * LEGACY.length)]!;
  const person = people[Math.floor(random() * people.length)]!;
  return { name: person.name, player: playerOf(person) };
}
