import { randomStream, type Random } from "@gauntlet/core";

import type { Board } from "../rules/board.ts";
import { drawOpening } from "../rules/opening.ts";

/** A game that is to be played: the same wherever it is, so that a game that was lost can be played again elsewhere. */
export interface PlannedGame {
  readonly id: string;
  /** The games of one opening. With two seats they are a pair: each player has each seat once. */
  readonly tournament: string;
  /** Participants in the order of their seats. */
  readonly players: readonly string[];
  readonly opening: readonly number[];
}

export interface Round {
  /** Unique; the beginning of every id. */
  readonly id: string;
  readonly board: Board;
  /** Who meets: as many as there are seats. */
  readonly players: readonly string[];
  readonly openings: number;
  readonly seed: number;
}

/** For each opening as many games as there are seats, so that everybody has every seat once: nobody gains by moving first. */
export function planRound({ id, board, players, openings, seed }: Round): readonly PlannedGame[] {
  const random = randomStream(seed, 0);
  return Array.from({ length: openings }, (_, i) => {
    const tournament = `${id}.${i + 1}`;
    const opening = drawOpening(board, players.length, random);
    return players.map((_, turn): PlannedGame => ({ id: `${tournament}.${turn + 1}`, tournament, players: [...players.slice(turn), ...players.slice(0, turn)], opening }));
  }).flat();
}

/** The games of each opening together, the openings in any order: as a node's workers take them from a queue. */
export function mixed(games: readonly PlannedGame[], random: Random): readonly PlannedGame[] {
  const places = new Map([...new Set(games.map(({ tournament }) => tournament))].map((tournament) => [tournament, random()]));
  return games.toSorted((a, b) => (places.get(a.tournament) as number) - (places.get(b.tournament) as number));
}
