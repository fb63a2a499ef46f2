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
  const participants = unionOf(parts.map((part) => part.participants));
  const position = new Map(participants.map((id, index) => [id, index]));
  const moved = parts.map((part) => (part.participants.length === participants.length ? part : withPositions(part, part.participants.map((id) => position.get(id) as number))));
  return {
    participants,
    pairs: moved.reduce((sum, { pairs }) => addPairs(sum, pairs), emptyPairs(0)),
    groups: sumGroups(moved.flatMap(({ groups }) => groups)),
  };
}

function unionOf(lists: readonly (readonly string[])[]): readonly string[] {
  const longest = lists.reduce<readonly string[]>((found, list) => (list.length > found.length ? list : found), []);
  const known = new Set(longest);
  const others = new Set(lists.flatMap((list) => (list === longest ? [] : list.filter((id) => !known.has(id)))));
  return others.size === 0 ? longest : [...longest, ...others].toSorted();
}

/** Both lists of participants are sorted, so that positions move without changing their order. */
function withPositions({ participants, pairs, groups }: MatchCounts, to: readonly number[]): MatchCounts {
  const moved = (column: Uint32Array): Uint32Array => column.map((index) => to[index]!);
  return { participants, pairs: { ...pairs, first: moved(pairs.first), second: moved(pairs.second) }, groups: groups.map((group) => ({ ...group, players: group.players.map((player) => to[player]!) })) };
}

/** Merges two sorted lists of pairs. */
function addPairs(left: PairCounts, right: PairCounts): PairCounts {
  const most = left.first.length + right.first.length;
  const sum = emptyPairs(most);
  let i = 0;
  let j = 0;
  let at = 0;
  for (; i < left.first.length || j < right.first.length; at++) {
    const order = i === left.first.length ? 1 : j === right.first.length ? -1 : left.first[i]! - right.first[j]! || left.second[i]! - right.second[j]!;
    if (order <= 0) copyPair({ from: left, index: i++ }, sum, at);
    if (order >= 0) copyPair({ from: right, index: j++ }, sum, at);
  }
  if (at === most) return sum;
  return { first: sum.first.slice(0, at), second: sum.second.slice(0, at), wins: sum.wins.slice(0, at), losses: sum.losses.slice(0, at), ties: sum.ties.slice(0, at) };
}

function copyPair({ from, index }: { readonly from: PairCounts; readonly index: number }, to: PairCounts, at: number): void {
  to.first[at] = from.first[index]!;
  to.second[at] = from.second[index]!;
  to.wins[at]! += from.wins[index]!;
  to.losses[at]! += from.losses[index]!;
  to.ties[at]! += from.ties[index]!;
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
