import { Failure } from "../../failure/failure.ts";

/**
 * What a rating by likelihood needs of the matches of one configuration: how often each result happened. Whole numbers,
 * so that sums are the same in every order; sorted, so that equal matches give equal counts.
 */
export interface MatchCounts {
  /** Sorted by UTF-16 code units; the columns below hold positions in it. */
  readonly participants: readonly string[];
  readonly pairs: PairCounts;
  /** Results of three or more players. */
  readonly groups: readonly GroupCount[];
}

/** Columns sorted by first (who had the first seat), then second; each pair of seats once. */
export interface PairCounts {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  /** Of the first over the second. */
  readonly wins: Float64Array;
  readonly losses: Float64Array;
  readonly ties: Float64Array;
}

export interface GroupCount {
  /** In seat order. */
  readonly players: readonly number[];
  readonly places: readonly number[];
  readonly count: number;
}

/** Adds up any parts of a set of matches: every partition and every order of the parts gives the same counts. */
export function mergeCounts(parts: readonly MatchCounts[]): MatchCounts {
  const participants = [...new Set(parts.flatMap((part) => part.participants))].toSorted();
  const position = new Map(participants.map((id, index) => [id, index]));
  const cells = pairCells();
  const groups: GroupCount[] = [];
  for (const part of parts) {
    const moved = Uint32Array.from(part.participants, (id) => position.get(id) as number);
    const { first, second, wins, losses, ties } = part.pairs;
    for (let i = 0; i < first.length; i++) cells.add(moved[first[i]!]! * participants.length + moved[second[i]!]!, [losses[i]!, ties[i]!, wins[i]!]);
    for (const group of part.groups) groups.push({ ...group, players: group.players.map((player) => moved[player]!) });
  }
  return { participants, pairs: cells.columns(participants.length), groups: sumGroups(groups) };
}

/** Sums cells of first·n + second; each has the count of losses, ties and wins. */
export interface PairCells {
  readonly add: (key: number, counts: readonly [losses: number, ties: number, wins: number]) => void;
  readonly columns: (participants: number) => PairCounts;
}

export function pairCells(): PairCells {
  const cells = new Map<number, [number, number, number]>();
  return {
    add: (key, [losses, ties, wins]) => {
      const cell = cells.get(key);
      if (cell === undefined) cells.set(key, [losses, ties, wins]);
      else {
        cell[0] += losses;
        cell[1] += ties;
        cell[2] += wins;
      }
    },
    columns: (participants) => {
      const keys = Float64Array.from(cells.keys()).toSorted();
      const pairs = emptyPairs(keys.length);
      for (const [i, key] of keys.entries()) {
        const [losses, ties, wins] = cells.get(key) as [number, number, number];
        pairs.first[i] = Math.floor(key / participants);
        pairs.second[i] = key % participants;
        pairs.losses[i] = losses;
        pairs.ties[i] = ties;
        pairs.wins[i] = wins;
      }
      return pairs;
    },
  };
}

export function emptyPairs(length: number): PairCounts {
  return { first: new Uint32Array(length), second: new Uint32Array(length), wins: new Float64Array(length), losses: new Float64Array(length), ties: new Float64Array(length) };
}

/** Equal results become one, in the order of players and places. */
export function sumGroups(groups: readonly GroupCount[]): readonly GroupCount[] {
  const sums = new Map<string, GroupCount>();
  for (const group of groups) {
    if (group.players.length < 3) throw new Failure("internal", "a group of fewer than three players belongs to the pairs");
    const key = `${group.players.join(",")}|${group.places.join(",")}`;
    sums.set(key, { ...group, count: group.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
