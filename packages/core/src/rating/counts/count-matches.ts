import { Failure } from "../../failure/failure.ts";
import type { PairColumns } from "../elo/replay-elo.ts";
import { configKey, type Match } from "../match/match.ts";
import { emptyPairs, pairCells, sumGroups, type GroupCount, type MatchCounts } from "./match-counts.ts";

/**
 * Counts of the matches of one configuration.
 *
 * @throws Failure `invalid_input` when matches of two configurations are mixed: their ratings are not comparable.
 */
export function countMatches(matches: Iterable<Match>): MatchCounts {
  const list = [...matches];
  const config = list[0];
  const other = config && list.find((match) => match.board !== config.board || match.numPlayers !== config.numPlayers);
  if (config && other) throw new Failure("invalid_input", `match ${other.id} is of ${configKey(other)}, match ${config.id} of ${configKey(config)}`, { fix: "fit each board and number of players on its own" });
  const participants = [...new Set(list.flatMap(({ players }) => players))].toSorted();
  const position = new Map(participants.map((id, index) => [id, index]));
  const cells = pairCells();
  const groups: GroupCount[] = [];
  for (const { players, places } of list) {
    const at = players.map((player) => position.get(player) as number);
    if (players.length > 2) groups.push({ players: at, places, count: 1 });
    else {
      const order = Math.sign((places[1] as number) - (places[0] as number));
      cells.add(at[0]! * participants.length + at[1]!, [order < 0 ? 1 : 0, order === 0 ? 1 : 0, order > 0 ? 1 : 0]);
    }
  }
  return { participants, pairs: cells.columns(participants.length), groups: sumGroups(groups) };
}

/** Above this, a table of every pair would be larger than what it counts. */
const TABLE_PARTICIPANTS_MAX = 2048;

/**
 * The same of columns of two-player matches, some hundred million a second for few participants, whose ids must be
 * sorted and each there once. Participants without a match are kept, as a group of their own.
 */
export function countPairs(columns: PairColumns, participants: readonly string[]): MatchCounts {
  const unsorted = participants.findIndex((id, i) => i > 0 && id <= (participants[i - 1] as string));
  if (unsorted >= 0) throw new Failure("invalid_input", `participant "${participants[unsorted]}" is out of order or named twice`, { fix: "sort the ids by UTF-16 code units, each once" });
  const { first, second, score } = columns;
  const n = participants.length;
  for (let i = 0; i < first.length; i++) {
    if (first[i]! >= n || second[i]! >= n || first[i] === second[i] || score[i]! > 2) {
      throw new Failure("invalid_input", `match ${i} is between ${first[i]} and ${second[i]} with score ${score[i]}; there are ${n} participants`, { fix: "positions must be two different participants, the score 0, 1 or 2" });
    }
  }
  return { participants, pairs: n <= TABLE_PARTICIPANTS_MAX ? fromTable(columns, n) : fromCells(columns, n), groups: [] };
}

function fromTable({ first, second, score }: PairColumns, n: number): MatchCounts["pairs"] {
  const table = new Uint32Array(n * n * 3);
  for (let i = 0; i < first.length; i++) table[(first[i]! * n + second[i]!) * 3 + score[i]!]!++;
  let played = 0;
  for (let cell = 0; cell < table.length; cell += 3) if ((table[cell]! | table[cell + 1]! | table[cell + 2]!) !== 0) played++;
  const pairs = emptyPairs(played);
  let at = 0;
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      const cell = (a * n + b) * 3;
      if ((table[cell]! | table[cell + 1]! | table[cell + 2]!) === 0) continue;
      pairs.first[at] = a;
      pairs.second[at] = b;
      pairs.losses[at] = table[cell]!;
      pairs.ties[at] = table[cell + 1]!;
      pairs.wins[at] = table[cell + 2]!;
      at++;
    }
  }
  return pairs;
}

const ONE = [[1, 0, 0], [0, 1, 0], [0, 0, 1]] as const;

function fromCells({ first, second, score }: PairColumns, n: number): MatchCounts["pairs"] {
  const cells = pairCells();
  for (let i = 0; i < first.length; i++) cells.add(first[i]! * n + second[i]!, ONE[score[i] as 0 | 1 | 2]);
  return cells.columns(n);
}
