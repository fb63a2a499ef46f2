/**
 * Reverse Cuthill–McKee (Cuthill & McKee 1969; George & Liu 1981, §4.3): an order of the nodes, in which neighbours
 * stand near each other, so that a factor fills little. Ladders, where each version met only the last few, become
 * narrow bands. Nodes with `skip` are left out. Ties are broken by number, so that the order is the same everywhere.
 */
export function bandwidthOrder(graph: { readonly n: number; readonly rows: Uint32Array; readonly cols: Uint32Array }, skip: Uint8Array): Uint32Array {
  const { starts, neighbours, byDegree } = adjacency(graph, skip);
  const order = new Uint32Array(byDegree.length);
  const level = new Int32Array(graph.n).fill(-1);
  let count = 0;
  for (const start of byDegree) {
    if (level[start] !== -1) continue;
    const root = farEnd(start, { starts, neighbours, level });
    const from = count;
    order[count++] = root;
    level[root] = 0;
    for (let at = from; at < count; at++) {
      const node = order[at]!;
      for (let k = starts[node]!; k < starts[node + 1]!; k++) {
        const other = neighbours[k]!;
        if (level[other] !== -1) continue;
        level[other] = level[node]! + 1;
        order[count++] = other;
      }
    }
  }
  return order.toReversed();
}

interface Adjacency {
  readonly starts: Uint32Array;
  readonly neighbours: Uint32Array;
  readonly level: Int32Array;
}

/** A node at an end of its component, by two searches: each ends with a node of small degree that is farthest away. */
function farEnd(start: number, { starts, neighbours, level }: Adjacency): number {
  let root = start;
  for (let turn = 0; turn < 2; turn++) {
    const seen = [root];
    level[root] = 0;
    for (let at = 0; at < seen.length; at++) {
      const node = seen[at]!;
      for (let k = starts[node]!; k < starts[node + 1]!; k++) {
        const other = neighbours[k]!;
        if (level[other] !== -1) continue;
        level[other] = level[node]! + 1;
        seen.push(other);
      }
    }
    const farthest = level[seen.at(-1)!]!;
    const degree = (node: number): number => starts[node + 1]! - starts[node]!;
    for (const node of seen) if (level[node] === farthest && (level[root] !== farthest || degree(node) < degree(root) || (degree(node) === degree(root) && node < root))) root = node;
    for (const node of seen) level[node] = -1;
  }
  return root;
}

/** Neighbours of each node, those of the smallest degree first. */
function adjacency({ n, rows, cols }: { readonly n: number; readonly rows: Uint32Array; readonly cols: Uint32Array }, skip: Uint8Array) {
  const degree = new Uint32Array(n);
  const counts = (e: number): boolean => rows[e]! < n && cols[e]! < n && skip[rows[e]!] === 0 && skip[cols[e]!] === 0;
  for (let e = 0; e < rows.length; e++) {
    if (!counts(e)) continue;
    degree[rows[e]!]!++;
    degree[cols[e]!]!++;
  }
  const byDegree = Uint32Array.from({ length: n }, (_, node) => node).filter((node) => skip[node] === 0).toSorted((a, b) => degree[a]! - degree[b]! || a - b);
  const starts = new Uint32Array(n + 1);
  for (let node = 0; node < n; node++) starts[node + 1] = starts[node]! + degree[node]!;
  const unsorted = new Uint32Array(starts[n]!);
  const place = starts.slice();
  for (let e = 0; e < rows.length; e++) {
    if (!counts(e)) continue;
    unsorted[place[rows[e]!]!++] = cols[e]!;
    unsorted[place[cols[e]!]!++] = rows[e]!;
  }
  const neighbours = new Uint32Array(unsorted.length);
  place.set(starts);
  for (const node of byDegree) for (let k = starts[node]!; k < starts[node + 1]!; k++) neighbours[place[unsorted[k]!]!++] = node;
  return { starts, neighbours, byDegree };
}
