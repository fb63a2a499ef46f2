import { exp } from "../arithmetic/exp.ts";
import type { PairCounts } from "../counts/match-counts.ts";
import type { Likelihood } from "./likelihood.ts";

/** Won games between a and b, a < b, whoever sat where; a tie is half a win of each. */
export interface Edges {
  readonly rows: Uint32Array;
  readonly cols: Uint32Array;
  readonly won: Float64Array;
  readonly games: Float64Array;
  readonly tied: Float64Array;
}

/**
 * Bradley & Terry 1952: i beats j with γᵢ/(γᵢ + γⱼ), γ = e^θ. Its negative Hessian is the Laplacian of the graph of who
 * met whom, weighted with n·p·(1 − p). Each strength is raised once, not once for each pair.
 */
export function pairLikelihood(nodes: number, { rows, cols, won, games }: Edges): Likelihood {
  const gamma = new Float64Array(nodes);
  return {
    size: nodes,
    nodes,
    rows,
    cols,
    evaluate: (point, { gradient, diagonal, entries }) => {
      gradient.fill(0);
      diagonal.fill(0);
      for (let i = 0; i < nodes; i++) gamma[i] = exp(point[i]!);
      for (let e = 0; e < rows.length; e++) {
        const a = rows[e]!;
        const b = cols[e]!;
        const both = gamma[a]! + gamma[b]!;
        const expected = (games[e]! * gamma[a]!) / both;
        const surplus = won[e]! - expected;
        gradient[a]! += surplus;
        gradient[b]! -= surplus;
        const weight = (expected * gamma[b]!) / both;
        diagonal[a]! += weight;
        diagonal[b]! += weight;
        entries[e] = -weight;
      }
    },
  };
}

/** Pairs within one group, both seats together, sorted; each with `priorGames` virtual games, half of them won. */
export function edgesOf({ first, second, wins, losses, ties }: PairCounts, group: Uint32Array, priorGames: number): Edges {
  const order = sortedPairs(first, second, group);
  const rows = new Uint32Array(order.length);
  const cols = new Uint32Array(order.length);
  const won = new Float64Array(order.length);
  const games = new Float64Array(order.length);
  const tied = new Float64Array(order.length);
  let last = -1;
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    const turned = first[i]! > second[i]!;
    const a = turned ? second[i]! : first[i]!;
    const b = turned ? first[i]! : second[i]!;
    if (last < 0 || rows[last] !== a || cols[last] !== b) {
      last++;
      rows[last] = a;
      cols[last] = b;
      won[last] = priorGames / 2;
      games[last] = priorGames;
    }
    won[last]! += (turned ? losses[i]! : wins[i]!) + ties[i]! / 2;
    games[last]! += wins[i]! + losses[i]! + ties[i]!;
    tied[last]! += ties[i]!;
  }
  const count = last + 1;
  return { rows: rows.slice(0, count), cols: cols.slice(0, count), won: won.slice(0, count), games: games.slice(0, count), tied: tied.slice(0, count) };
}

/** Positions of the pairs within a group by lesser, then greater participant. */
function sortedPairs(first: Uint32Array, second: Uint32Array, group: Uint32Array): Uint32Array {
  const inside = new Uint32Array(first.length);
  const lesser = new Uint32Array(first.length);
  const greater = new Uint32Array(first.length);
  let count = 0;
  for (let i = 0; i < first.length; i++) {
    const a = first[i]!;
    const b = second[i]!;
    if (group[a] !== group[b]) continue;
    inside[count++] = i;
    lesser[i] = a < b ? a : b;
    greater[i] = a < b ? b : a;
  }
  return countingSort(countingSort(inside.subarray(0, count), greater, group.length), lesser, group.length);
}

/** Items by their key, those of equal keys as they stood. */
function countingSort(items: Uint32Array, keyOf: Uint32Array, keys: number): Uint32Array {
  const place = new Uint32Array(keys + 1);
  for (let k = 0; k < items.length; k++) place[keyOf[items[k]!]! + 1]!++;
  for (let key = 0; key < keys; key++) place[key + 1]! += place[key]!;
  const sorted = new Uint32Array(items.length);
  for (let k = 0; k < items.length; k++) sorted[place[keyOf[items[k]!]!]!++] = items[k]!;
  return sorted;
}
