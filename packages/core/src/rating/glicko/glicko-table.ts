import type { Match } from "../match/match.ts";
import { GLICKO_INITIAL, glicko2, type GlickoGame, type GlickoRating } from "./glicko2.ts";

export interface GlickoRule {
  /** Length of a rating period; they begin at whole multiples of it since 1970, so that every node cuts alike. */
  readonly periodMs: number;
  readonly tau: number;
}

/**
 * Glicko-2 over all matches, period by period, whatever order they come in: each is counted in the period of its
 * instant. Several players are counted as all their pairs, which overstates what such a match says. Empty periods
 * between two matches widen the deviations, those after the last match don't: there is no clock here.
 */
export function glickoTable(matches: Iterable<Match>, { periodMs, tau }: GlickoRule): ReadonlyMap<string, GlickoRating> {
  const periods = Map.groupBy(matches, ({ at }) => Math.floor(at / periodMs));
  const numbers = [...periods.keys()].toSorted((a, b) => a - b);
  let table: ReadonlyMap<string, GlickoRating> = new Map();
  let previous = numbers[0] ?? 0;
  for (const number of numbers) {
    table = rest(table, number - previous - 1, tau);
    table = afterPeriod(table, periods.get(number) ?? [], tau);
    previous = number;
  }
  return new Map([...table].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function rest(table: ReadonlyMap<string, GlickoRating>, periods: number, tau: number): ReadonlyMap<string, GlickoRating> {
  let rested = table;
  for (let i = 0; i < periods; i++) rested = new Map([...rested].map(([id, rating]) => [id, capped(glicko2(rating, [], tau))]));
  return rested;
}

function afterPeriod(table: ReadonlyMap<string, GlickoRating>, matches: readonly Match[], tau: number): ReadonlyMap<string, GlickoRating> {
  const games = new Map<string, GlickoGame[]>([...table.keys()].map((id) => [id, []]));
  // Sums of floats depend on their order: the games of a period are counted in that of the ids.
  for (const { players, places } of matches.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    for (const [seat, player] of players.entries()) {
      const own = games.get(player) ?? [];
      games.set(player, own);
      for (const [other, opponent] of players.entries()) {
        if (other !== seat) own.push({ opponent: table.get(opponent) ?? GLICKO_INITIAL, score: (Math.sign((places[other] as number) - (places[seat] as number)) + 1) / 2 });
      }
    }
  }
  return new Map([...games].map(([id, played]) => [id, capped(glicko2(table.get(id) ?? GLICKO_INITIAL, played, tau))]));
}

/** Who has not played for long is known no worse than who never played. */
function capped(rating: GlickoRating): GlickoRating {
  return rating.deviation <= GLICKO_INITIAL.deviation ? rating : { ...rating, deviation: GLICKO_INITIAL.deviation };
}
