import type { Match } from "../match/match.ts";

/** What one of two did against the other. A game is in a pair, or is one of the singles: never both. */
export interface HeadCounts {
  readonly singles: { readonly wins: number; readonly draws: number; readonly losses: number };
  /** Pairs of games with seats swapped, by the points of both: 0, ½, 1, 1½ and 2. */
  readonly pairs: readonly [number, number, number, number, number];
}

/** One result, at the moment when it was known. */
export type HeadUnit = { readonly kind: "single"; readonly halves: 0 | 1 | 2 } | { readonly kind: "pair"; readonly halves: 0 | 1 | 2 | 3 | 4 };

/**
 * The results of two participants against each other, in the order of `matches`, of which each has its own id: a record that
 * came twice is there once. With `tournament`, the k-th game of a tournament with the one in front and the k-th with the
 * other are a pair, which is one result at the moment of the later game. The seats of more than two players are those of the
 * two alone. Where only the winner of several players was recorded and it is neither, a match says nothing of the two.
 */
export function headUnits(matches: Iterable<Match>, [own, other]: readonly [string, string], pairing: "tournament" | "none"): readonly HeadUnit[] {
  const units: (HeadUnit | null)[] = [];
  /** Of a tournament: games that wait for their twin, and which unit each holds. */
  const waiting = new Map<string, { readonly isFirst: boolean; readonly halves: 0 | 1 | 2; readonly at: number }[]>();
  for (const match of matches) {
    const halves = halvesOf(match, own, other);
    if (halves === null) continue;
    const open = pairing === "none" || match.tournament === null ? null : getOr(waiting, match.tournament);
    const isFirst = match.players.indexOf(own) < match.players.indexOf(other);
    const twin = open === null || open[0] === undefined || open[0].isFirst === isFirst ? undefined : open.shift();
    if (twin === undefined) {
      open?.push({ isFirst, halves, at: units.length });
      units.push({ kind: "single", halves });
    } else {
      units[twin.at] = null;
      units.push({ kind: "pair", halves: (halves + twin.halves) as 0 | 1 | 2 | 3 | 4 });
    }
  }
  return units.filter((unit) => unit !== null);
}

/** Twice the points of `own` against `other` alone; null where they did not meet, or the result does not say. */
function halvesOf({ players, places }: Match, own: string, other: string): 0 | 1 | 2 | null {
  const [a, b] = [players.indexOf(own), players.indexOf(other)];
  if (a < 0 || b < 0) return null;
  const order = (places[b] as number) - (places[a] as number);
  if (order !== 0) return order > 0 ? 2 : 0;
  const lastOfSeveral = players.length > 2 && places[a] !== 1 && places[a] === Math.max(...places);
  return lastOfSeveral ? null : 1;
}

function getOr<T>(map: Map<string, T[]>, key: string): T[] {
  const found = map.get(key) ?? [];
  map.set(key, found);
  return found;
}

export function headCounts(units: Iterable<HeadUnit>): HeadCounts {
  const singles = [0, 0, 0];
  const pairs: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  for (const { kind, halves } of units) {
    if (kind === "pair") pairs[halves]!++;
    else singles[halves]!++;
  }
  return { singles: { losses: singles[0]!, draws: singles[1]!, wins: singles[2]! }, pairs };
}
