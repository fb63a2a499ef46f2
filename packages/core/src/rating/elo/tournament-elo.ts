import { exp } from "../arithmetic/exp.ts";
import type { Match } from "../match/match.ts";
import { afterGame, newEloRow, type EloRow } from "./elo-row.ts";
import { expectedScore } from "./expected-score.ts";

/**
 * The tournament calculator's Elo (facts of the service, §5): each side its own K; several players are compared pair by
 * pair with K/(n−1), ties count ½, and all of a match are updated at once from the ratings before it. The order of
 * matches matters. Continues from `rows`; returns all of them, sorted by participant.
 */
export function tournamentElo(matches: Iterable<Match>, rows: Iterable<EloRow> = []): readonly EloRow[] {
  const table = new Map([...rows].map((row) => [row.participant, row]));
  for (const { players, places } of matches) {
    const before = players.map((player) => table.get(player) ?? newEloRow(player));
    const last = Math.max(...places);
    for (const [seat, row] of before.entries()) {
      const place = places[seat] as number;
      let surplus = 0;
      for (const [other, opponent] of before.entries()) {
        if (other !== seat) surplus += score(place, places[other] as number) - expectedScore(row.rating, opponent.rating);
      }
      const result = last === 1 ? "draw" : place === 1 ? "win" : place === last ? "loss" : "neither";
      table.set(row.participant, afterGame(row, (tournamentK(row) / (players.length - 1)) * surplus, result));
    }
  }
  return [...table.values()].toSorted((a, b) => (a.participant < b.participant ? -1 : 1));
}

/** 40 for fewer than 30 games, 16 from 2400 points up, else 32 (FIDE's steps, with 32 for 20). */
export function tournamentK({ games, rating }: Pick<EloRow, "games" | "rating">): number {
  if (games < 30) return 40;
  return rating >= 2400 ? 16 : 32;
}

/** 50 + 300·e^(−games/100): the calculator's rating deviation, a figure of experience and no standard error. */
export function tournamentDeviation(games: number): number {
  return 50 + 300 * exp(-games / 100);
}

/** rating ± z·RD. */
export function tournamentInterval({ rating, games }: Pick<EloRow, "games" | "rating">, z: number): { readonly low: number; readonly high: number } {
  const half = z * tournamentDeviation(games);
  return { low: rating - half, high: rating + half };
}

function score(own: number, other: number): number {
  return own < other ? 1 : own > other ? 0 : 0.5;
}
